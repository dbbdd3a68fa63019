/* Controls that stand in the address: a wrapper with data-keeps names the key, data-usual what no key means. */
(function () {
  "use strict";

  function put(key, value) {
    const search = new URLSearchParams(window.location.search);
    search.delete(key);
    if (value) {
      search.set(key, value);
    }
    const text = search.toString();
    window.history.replaceState(window.history.state, "", window.location.pathname + (text ? "?" + text : ""));
  }

  const keeper = (event) => (event.target instanceof Element ? event.target.closest("[data-keeps]") : null);
  const boxes = (wrapper) => [...wrapper.querySelectorAll("input[type=checkbox]")];

  function valueOf(wrapper) {
    const found = boxes(wrapper);
    return found.length
      ? found.filter((box) => box.checked).map((box) => box.value).join("|") || "none"
      : wrapper.querySelector("input, select").value;
  }

  /* What a field that the server fills says before the reader touches it is what no key means. */
  document.addEventListener("focusin", (event) => {
    const wrapper = keeper(event);
    if (wrapper && !wrapper.dataset.usual && !new URLSearchParams(window.location.search).has(wrapper.dataset.keeps)) {
      wrapper.dataset.usual = valueOf(wrapper);
    }
  });

  document.addEventListener("change", (event) => {
    const wrapper = keeper(event);
    if (wrapper) {
      const value = valueOf(wrapper);
      put(wrapper.dataset.keeps, value === wrapper.dataset.usual ? "" : value);
    }
  });

  /* The back button led to an address of the same page: its controls follow. */
  window.tenureRestoreKept = function () {
    const search = new URLSearchParams(window.location.search);
    document.querySelectorAll("[data-keeps]").forEach((wrapper) => {
      const text = search.get(wrapper.dataset.keeps) || wrapper.dataset.usual;
      const control = wrapper.querySelector("[id]:is(input, select, div)");
      if (text && control && text !== valueOf(wrapper)) {
        const value = boxes(wrapper).length ? text.split("|") : text;
        window.dash_clientside.set_props(control.id, { value });
      }
    });
  };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure_kept = {
    /* Rules of a segment as they are built. */
    rules(text) {
      if (text) {
        put("rules", text); /* while a row is incomplete, the address keeps what was complete last */
      }
      return window.dash_clientside.no_update;
    },
  };
})();
