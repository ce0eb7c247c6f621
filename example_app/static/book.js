// Entries are written and changed in place. Without this script the same links and
// forms lead to pages of their own.

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

async function openForm(link) {
  const page = parse(await (await fetch(link.href)).text());
  const form = page.querySelector("main form");
  if (!form) return location.assign(link.href);

  form.dataset.replaces = "";
  link.closest("article").before(form);
  form.nextElementSibling.hidden = true;
  form.querySelector("textarea").focus();
}

async function send(form) {
  const body = new URLSearchParams(new FormData(form));
  const headers = { "HX-Request": "true", Accept: "text/html" };
  const answer = await fetch(form.action, { method: "POST", body, headers });
  const part = parse(await answer.text()).body;

  if (part.querySelector("article")) show(part.querySelector("article"), form);
  else if (part.querySelector("form")) replace(form, part.querySelector("form"));
  else form.submit(); // the page of its own will say what it is
}

function replace(form, again) {
  // A browser focuses the summary of new pages only, and complains otherwise.
  const summary = again.querySelector("[autofocus]");
  summary?.removeAttribute("autofocus");
  again.toggleAttribute("data-replaces", form.hasAttribute("data-replaces"));
  form.replaceWith(again);
  summary?.focus();
}

function show(article, form) {
  const item = document.createElement("li");
  const old = form.hasAttribute("data-replaces") && form.closest("li");
  item.append(article);
  old ? old.replaceWith(item) : document.getElementById("list").prepend(item);
  if (!old) form.reset();
  document.getElementById("status").textContent = article.dataset.message;
  article.querySelector("[data-edit]").focus();
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
