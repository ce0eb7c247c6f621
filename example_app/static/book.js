// Entries are written and changed in place. Without this script the same links and
// forms lead to pages of their own.
const status = document.getElementById("status");
const parse = (html) => new DOMParser().parseFromString(html, "text/html").body;

async function open(link) {
  const page = parse(await (await fetch(link.href)).text());
  const editor = page.querySelector("[data-replaces]");
  if (!editor) return location.assign(link.href);
  link.closest("article").before(editor);
  editor.nextElementSibling.hidden = true;
  editor.querySelector("textarea").focus();
}
async function close(element) {
  const editor = element.closest("[data-replaces]");
  editor.nextElementSibling.hidden = false;
  editor.nextElementSibling.querySelector("[data-edit]").focus();
  editor.remove();
}
async function send(form) {
  const body = new URLSearchParams(new FormData(form));
  const headers = { "HX-Request": "true", Accept: "text/html" };
  const answer = await fetch(form.action, { method: "POST", body, headers });
  const part = parse(await answer.text()).firstElementChild;
  if (part?.matches("article")) show(part, form);
  else if (part?.matches("form")) replace(form, part);
  else HTMLFormElement.prototype.submit.call(form); // a page will say what it is
}
function replace(form, again) {
  // A browser focuses the summary of new pages only, and complains otherwise.
  again.querySelector("[autofocus]")?.removeAttribute("autofocus");
  form.replaceWith(again);
  again.querySelector(".error-summary")?.focus();
}
function show(article, form) {
  const changed = form.closest("li");
  const item = changed ?? document.createElement("li");
  item.replaceChildren(article);
  if (!changed) document.getElementById("list").prepend(item), form.reset();
  status.textContent = article.dataset.message;
  article.querySelector("[data-edit]").focus();
}
function on(type, selector, action, isMeant = () => true) {
  document.addEventListener(type, async (event) => {
    const element = event.target.closest(selector);
    if (!element || !isMeant(event)) return;
    event.preventDefault();
    if (element.ariaBusy) return; // pressed twice
    element.ariaBusy = "true";
    await action(element).catch(() => (status.textContent = status.dataset.offline));
    element.ariaBusy = null;
  });
}
const isPlain = (event) => !event.ctrlKey && !event.metaKey && !event.shiftKey;
on("click", "[data-edit]", open, isPlain);
on("click", "li [data-close]", close, isPlain);
on("submit", "[data-adds-to] form, li [data-replaces] form", send);
on("keydown", "li [data-replaces]", close, (event) => event.key === "Escape");
