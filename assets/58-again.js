/* "Try again" in a card that failed: the callback that draws the card is asked once more, as if its input had changed. */
(function () {
  "use strict";
  let known = null;

  function dependencies() {
    known = known || fetch("/_dash-dependencies", { headers: { Accept: "application/json" } }).then((answer) => answer.json());
    return known;
  }

  /* The ids around the button, the nearest first, as the outputs of a card begin. */
  function places(button) {
    const found = [];
    for (let node = button.closest("[id]"); node; node = node.parentElement && node.parentElement.closest("[id]")) {
      found.push(node.id);
    }
    return found;
  }

  function draws(entry, id) {
    const parts = entry.output.replace(/^\.\.|\.\.$/g, "").split("...");
    return !entry.clientside_function && parts.some((part) => part.startsWith(id + ".") && !part.includes("@"));
  }

  /* An input of the callback that is on the page, with its present value. */
  function input(entry) {
    return entry.inputs
      .filter((one) => typeof one.id === "string" && !one.id.startsWith("{") && one.id !== "_pages_location")
      .map((one) => ({ one, layout: window.dash_component_api.getLayout(one.id) }))
      .find((found) => found.layout && found.layout.props);
  }

  function copy(value) {
    return value && typeof value === "object" ? JSON.parse(JSON.stringify(value)) : value;
  }

  window.tenureAgain = function (button) {
    button.disabled = true;
    dependencies().then((entries) => {
      for (const id of places(button)) {
        const entry = entries.find((one) => draws(one, id) && input(one));
        if (entry) {
          const { one, layout } = input(entry);
          window.dash_clientside.set_props(one.id, { [one.property]: copy(layout.props[one.property]) });
          return;
        }
      }
      window.location.reload();
    }, () => window.location.reload());
  };
})();
