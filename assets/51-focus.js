/* A button that has done its work goes, is hidden or switched off, and the focus would fall to the top of the page: in a
   region that says data-holds-focus it stays there. */
(function () {
  "use strict";
  let held = null;

  document.addEventListener("focusin", (event) => {
    held = event.target.closest("[data-holds-focus]") ? event.target : null;
  });

  new MutationObserver(() => {
    const region = held && document.querySelector("[data-holds-focus]");
    if (region && (!held.isConnected || held.disabled || held.closest("[hidden]"))) {
      held = null;
      region.focus({ preventScroll: true });
    }
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["disabled", "hidden"],
  });
})();
