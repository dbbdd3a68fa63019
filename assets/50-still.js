/* Elements that stay as they are, drawn as one component: Dash's renderer asks each component about every change of the
   page, and two thirds of them never change (docs/adr/0040). */
(function () {
  "use strict";

  function element(part) {
    if (!part || typeof part !== "object") {
      return part;
    }
    const { children, ...props } = part.props;
    return window.React.createElement(part.type.toLowerCase(), props, ...[].concat(children).map(element));
  }

  window.tenure_parts = { Still: ({ tree }) => element(tree), Held: () => null };
})();
