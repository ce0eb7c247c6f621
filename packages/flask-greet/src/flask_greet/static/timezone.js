// No HTTP header carries the visitor's time zone. A cookie tells it to the next page.
document.cookie = [
  `${document.currentScript.dataset.cookie}=${Intl.DateTimeFormat().resolvedOptions().timeZone}`,
  "path=/",
  "max-age=31536000",
  "samesite=lax",
  ...(location.protocol === "https:" ? ["secure"] : []),
].join("; ");
