/* Dash's renderer tells every component on the page about every single change of its store. The answer of one callback
   is some 160 changes in a row, so 800 components were asked 160 times: more of a redraw than the charts
   (docs/adr/0016). Here changes in a row are told once, right after the last of them, before anything is painted.
   What a store only holds is told with the next change (docs/adr/0043).
   While the browser dispatches an event nothing is put off: a field must show what was typed before the event ends.
   Nobody is told of what only the renderer's own queues of callbacks went through: no component shows them. That a part
   of the page waits for its answer is told when it has waited a while, because nothing shows it before, and so is what
   the renderer notes down about components it has just drawn (docs/adr/0032). */
(function () {
  "use strict";
  const QUEUES = ["callbacks"];
  const NO_HURRY = ["loading", "isLoading", "layoutHashes", "paths", "changed"];
  const WHILE_MS = 400;

  const isPart = (value) => value !== null && typeof value === "object";
  const isHeld = (part) => part.type === "Held" && part.namespace === "tenure_parts";

  /* Whether nothing differs but values that are held, which nobody draws. What is the same in both is not looked into. */
  function looksAs(one, other) {
    if (one === other || !isPart(one) || !isPart(other)) {
      return one === other;
    }
    const keys = Object.keys(one);
    const isAlike = keys.length === Object.keys(other).length;
    return isAlike && ((isHeld(one) && isHeld(other)) || keys.every((key) => looksAs(one[key], other[key])));
  }

  function told(store, listener) {
    let isWaiting = false;
    let later = 0;
    let known = {};
    const isNew = (but) => {
      const state = store.getState();
      return Object.keys(state).some((part) => !but.includes(part) && state[part] !== known[part]);
    };
    const tell = () => {
      if (isNew(QUEUES)) {
        window.clearTimeout(later);
        later = 0;
        known = store.getState();
        listener();
      }
    };
    const tellLate = () => {
      later = 0;
      tell();
    };
    /* Notes begin anew where new components were drawn; who missed that would take the next note for an old one. */
    const isReset = () => Object.keys(known.layoutHashes || {}).some((place) => !(place in store.getState().layoutHashes));
    const hurries = () =>
      isReset() || isNew([...QUEUES, ...NO_HURRY, "layout"]) || !looksAs(known.layout, store.getState().layout);
    const tellNow = () => {
      if (hurries()) {
        tell();
      } else if (!later) {
        later = window.setTimeout(tellLate, WHILE_MS);
      }
    };
    const tellSoon = () => {
      isWaiting = false;
      tellNow();
    };
    return () => {
      if (window.event) {
        tellNow();
      } else if (!isWaiting) {
        isWaiting = true;
        queueMicrotask(tellSoon);
      }
    };
  }

  /* The renderer puts its store into this list before React subscribes to it. */
  const stores = (window.dash_stores = window.dash_stores || []);
  stores.push = function (store) {
    const subscribe = store.subscribe;
    store.subscribe = (listener) => subscribe(told(store, listener));
    return Array.prototype.push.call(stores, store);
  };
})();
