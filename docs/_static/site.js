// What scrolls sideways can be reached by the keyboard, as WCAG 2.1.1 asks.
function letKeysReach() {
  for (const box of document.querySelectorAll("article pre, .table-wrapper")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

addEventListener("load", letKeysReach);
addEventListener("resize", letKeysReach);
