// What the theme puts into every page as an inline script. As a file of this site it passes a Content-Security-Policy
// that allows no inline script. The names are those that the theme's bundle calls. The site's root is above assets/.
var __md_scope = new URL("..", document.currentScript.src);

function __md_hash(text) {
  return Array.from(text).reduce((sum, character) => (sum << 5) - sum + character.charCodeAt(0), 0);
}

function __md_get(key, storage = localStorage, scope = __md_scope) {
  return JSON.parse(storage.getItem(`${scope.pathname}.${key}`));
}

function __md_set(key, value, storage = localStorage, scope = __md_scope) {
  try {
    storage.setItem(`${scope.pathname}.${key}`, JSON.stringify(value));
  } catch {
    // A full or forbidden storage costs the reader a remembered choice, nothing else.
  }
}
