/* The builder of segments: which rows are in use, and where the keyboard stands after one was added or removed. */
(function () {
  "use strict";
  const focus = (id) => setTimeout(() => document.getElementById(id)?.focus(), 50);

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure_segments = {
    rows(...given) {
      const none = window.dash_clientside.no_update;
      const used = given.pop() || [0];
      const count = given.length - 1; /* the first is the button that adds */
      const all = [...Array(count).keys()];
      const pressed = (window.dash_clientside.callback_context.triggered || [])[0];
      const same = [none, ...all.map(() => none), none];
      if (!pressed || !pressed.value) {
        return same;
      }
      let now = used;
      const removed = /^rules-(\d+)-remove/.exec(pressed.prop_id);
      if (removed) {
        const number = Number(removed[1]);
        now = used.filter((row) => row !== number);
        const empty = { values: "", upper: "", first: "", last: "", first_before: "", last_before: "", search: "", things: [] };
        Object.entries(empty).forEach(([part, value]) => window.dash_clientside.set_props(`rules-${number}-${part}`, { value }));
        focus("build-add");
      } else {
        const next = all.find((row) => !used.includes(row) && row > Math.max(-1, ...used)) ?? all.find((row) => !used.includes(row));
        if (next === undefined) {
          return same;
        }
        now = [...used, next].sort((a, b) => a - b);
        focus(`rules-${next}-field`);
      }
      return [now, ...all.map((row) => !now.includes(row)), now.length === count];
    },
  };
})();
