// "/" leads to the search box, on every page, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  const box = Array.from(document.querySelectorAll("input[type='search']")).find((one) => one.checkVisibility());
  if (box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});
