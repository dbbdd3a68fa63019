/* The lab: what differs from the published assumptions stands in the address, so a link holds the whole scenario. */
(function () {
  "use strict";
  const keys = ["margin", "rate", "horizon", "buying", "leaving", "order", "cac"];

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure = Object.assign(window.dash_clientside.tenure || {}, {
    lab(changed) {
      if (changed) {
        const search = new URLSearchParams(window.location.search);
        keys.forEach((key) => search.delete(key));
        Object.entries(changed).forEach(([key, value]) => search.set(key, value));
        const text = search.toString();
        window.history.replaceState(window.history.state, "", window.location.pathname + (text ? "?" + text : ""));
      }
      return window.dash_clientside.no_update;
    },
  });
})();
