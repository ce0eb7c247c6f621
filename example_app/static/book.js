// Entries are written and changed in place. Without this script the same links and
// forms lead to pages of their own.

const status = document.getElementById("status");

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

function show(article) {
  const message = document.createElement("p");
  message.className = "message";
  message.textContent = article.dataset.message;
  status.replaceChildren(message);
  article.querySelector("[data-edit]").focus();
}

async function openForm(link) {
  const page = parse(await (await fetch(link.href)).text());
  const form = page.querySelector("main form");
  const article = link.closest("article");
  if (!form) return location.assign(link.href);

  article.before(form);
  article.hidden = true;
  form.dataset.replaces = "";
  form.querySelector("textarea").focus();
}

async function send(form) {
  const body = new URLSearchParams(new FormData(form));
  const headers = { "HX-Request": "true", Accept: "text/html" };
  const answer = await fetch(form.action, { method: "POST", body, headers });
  const part = parse(await answer.text()).body.firstElementChild;
  if (part?.matches("article")) return take(form, part);

  // Neither an entry nor the form again: the page of its own will say what it is.
  const again = part?.closest("form") ?? part?.querySelector("form");
  if (!again) return form.submit();
  again.toggleAttribute("data-replaces", form.hasAttribute("data-replaces"));
  // A browser does this for new pages only, and complains otherwise.
  const summary = again.querySelector("[autofocus]");
  summary?.removeAttribute("autofocus");
  form.replaceWith(again);
  summary?.focus();
}

function take(form, article) {
  if (form.hasAttribute("data-replaces")) {
    form.nextElementSibling.remove();
    form.replaceWith(article);
  } else {
    const item = document.createElement("li");
    item.append(article);
    document.getElementById("list").prepend(item);
    form.reset();
  }
  show(article);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-edit]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openForm(link);
});

document.addEventListener("submit", (event) => {
  if (!event.target.closest("[data-adds-to], [data-replaces]")) return;
  event.preventDefault();
  send(event.target);
});
