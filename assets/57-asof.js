/* Looking at the past: `as_of` in the address goes along with every link of the application until somebody goes back. */
(function () {
  "use strict";
  const key = "as_of";
  const asked = () => new URLSearchParams(window.location.search).get(key);

  /* An address of this site with the snapshot of the page it is left from; one that names its own keeps it. */
  function carried(href) {
    const target = new URL(href, window.location.href);
    if (!asked() || target.origin !== window.location.origin || target.searchParams.has(key)) {
      return href;
    }
    target.searchParams.set(key, asked());
    return target.pathname + target.search + target.hash;
  }

  const push = window.history.pushState;
  window.history.pushState = function (state, title, href) {
    return push.call(this, state, title, href === undefined || href === null ? href : carried(href));
  };

  /* Downloads and new tabs: the browser follows what stands in the link. */
  function prepare(event) {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (link && link.dataset.asOf === undefined && link.origin === window.location.origin && asked()) {
      link.setAttribute("href", carried(link.href));
    }
  }
  ["pointerdown", "focusin", "click", "contextmenu"].forEach((name) => document.addEventListener(name, prepare, true));

  /* Choosing a snapshot loads the page anew, under the same filters where it is the same page. */
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-as-of]") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    const target = new URL(link.pathname, window.location.origin);
    if (target.pathname === window.location.pathname) {
      target.search = window.location.search;
    }
    target.searchParams.delete(key);
    if (link.dataset.asOf) {
      target.searchParams.set(key, link.dataset.asOf);
    }
    window.location.assign(target);
  });
})();
