// The reader's choices: light or dark, and 关怀版 (large type and strong contrast). It runs in the head, before anything
// is painted, so that a remembered choice never flashes. Without it, pages are light, in normal type, the menu open.
(() => {
  "use strict";
  const root = document.documentElement;
  const KEY = "huiyin.display";
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function read() {
    try {
      const found = JSON.parse(localStorage.getItem(KEY));
      return found && typeof found === "object" ? found : {};
    } catch {
      return {};
    }
  }

  function apply() {
    const choice = read();
    const scheme = choice.scheme === "slate" || choice.scheme === "default" ? choice.scheme : dark.matches ? "slate" : "default";
    root.setAttribute("data-md-color-scheme", scheme);
    root.toggleAttribute("data-hy-care", choice.care === true);
  }

  function change(changes) {
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...read(), ...changes }));
      apply();
    } catch {
      // A full or forbidden storage: the choice holds for this page.
      if ("scheme" in changes) root.setAttribute("data-md-color-scheme", changes.scheme);
      if ("care" in changes) root.toggleAttribute("data-hy-care", changes.care);
    }
  }

  function tell(words) {
    document.getElementById("hy-told").textContent = words;
  }

  const switches = {
    care() {
      const on = !root.hasAttribute("data-hy-care");
      change({ care: on });
      tell(on ? "已切换到关怀版：大字、高对比度" : "已切换到标准版");
    },
    scheme() {
      const scheme = root.getAttribute("data-md-color-scheme") === "slate" ? "default" : "slate";
      change({ scheme });
      tell(scheme === "slate" ? "已切换到深色显示" : "已切换到浅色显示");
    },
  };

  function open(button, yes) {
    button.setAttribute("aria-expanded", String(yes));
    root.toggleAttribute("data-hy-menu", yes);
  }

  root.classList.replace("no-js", "js");
  apply();
  dark.addEventListener("change", apply);
  // Another window of the reader, or a page brought back from the browser's memory.
  addEventListener("storage", apply);
  addEventListener("pageshow", apply);
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[aria-controls='hy-menu']");
    for (const one of document.querySelectorAll("[data-hy-switch]")) {
      one.addEventListener("click", switches[one.dataset.hySwitch]);
    }
    button.addEventListener("click", () => open(button, button.getAttribute("aria-expanded") !== "true"));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && button.getAttribute("aria-expanded") === "true") {
        open(button, false);
        button.focus();
      }
    });
  });
})();
