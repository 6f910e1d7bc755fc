// A link to one reading opens it.
function openTarget() {
  const name = decodeURIComponent(window.location.hash.slice(1));
  const target = name ? document.getElementById(name) : null;
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.scrollIntoView();
  }
}

window.addEventListener("hashchange", openTarget);
openTarget();
