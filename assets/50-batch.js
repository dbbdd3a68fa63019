/* Dash's renderer tells every component on the page about every single change of its store. The answer of one callback
   is some 160 changes in a row, so 800 components were asked 160 times: more of a redraw than the charts
   (docs/adr/0016). Here changes in a row are told once, right after the last of them, before anything is painted.
   While the browser dispatches an event nothing is put off: a field must show what was typed before the event ends.
   Nobody is told of what only the renderer's own queues of callbacks went through: no component shows them. */
(function () {
  "use strict";
  const QUEUES = "callbacks";

  function told(store, listener) {
    let isWaiting = false;
    let known = {};
    const tell = () => {
      const state = store.getState();
      if (Object.keys(state).some((part) => part !== QUEUES && state[part] !== known[part])) {
        known = state;
        listener();
      }
    };
    return () => {
      if (window.event) {
        tell();
      } else if (!isWaiting) {
        isWaiting = true;
        queueMicrotask(() => {
          isWaiting = false;
          tell();
        });
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
