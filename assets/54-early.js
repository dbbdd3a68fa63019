/* A changed filter asks the server at once. On its way through Dash's renderer the question would wait for the page to be
   drawn twice, a fifth of a redraw (docs/adr/0027); now the server works meanwhile. Each question of the view is kept as
   it was last asked; when a control of the bar changes, it is asked with the new view, and the renderer, which asks the
   same a little later, letter by letter, gets that answer. What it asks otherwise goes its own way. */
(function () {
  "use strict";
  const PATIENCE_MS = 10000;
  const STORE = "filters";
  const send = window.fetch;
  const asked = new Map();
  const early = new Map();

  const isView = (input) => input.id === STORE && input.property === "data";

  function remember(resource, options) {
    const body = JSON.parse(options.body);
    const ofView = (body.inputs || []).some(isView) && String(body.changedPropIds) === STORE + ".data";
    if (ofView && !/[?&](job|cacheKey)=/.test(resource)) {
      asked.set(body.output, { resource, options, body });
    }
  }

  window.fetch = function (resource, options) {
    const text = options && options.body;
    if (typeof resource !== "string" || typeof text !== "string" || !resource.includes("/_dash-update-component")) {
      return send.call(window, resource, options);
    }
    const waiting = early.get(text);
    early.delete(text);
    remember(resource, options);
    return waiting || send.call(window, resource, options);
  };

  function place(body) {
    const first = [].concat(body.outputs)[0];
    return first && typeof first.id === "string" ? document.getElementById(first.id) : null;
  }

  /* The parts of this page from top to bottom: in this order they are asked for, and answered. */
  function here() {
    asked.forEach((question, output) => place(question.body) || asked.delete(output));
    const below = (one, other) => place(one.body).compareDocumentPosition(place(other.body)) & Node.DOCUMENT_POSITION_PRECEDING;
    return [...asked.values()].sort((one, other) => (below(one, other) ? 1 : -1));
  }

  function ask(view, question) {
    const inputs = question.body.inputs.map((input) => (isView(input) ? Object.assign({}, input, { value: view }) : input));
    const text = JSON.stringify(Object.assign({}, question.body, { inputs }));
    if (text !== question.options.body && !early.has(text)) {
      const answer = send.call(window, question.resource, Object.assign({}, question.options, { body: text }));
      answer.catch(() => {}); /* told to whoever takes it */
      early.set(text, answer);
      window.setTimeout(() => early.delete(text), PATIENCE_MS);
    }
  }

  document.addEventListener(
    "change",
    (event) => {
      const control = event.target instanceof Element && event.target.closest(".filter-bar select, .filter-bar [type=checkbox]");
      const view = control && window.tenureAsked();
      if (view) {
        here().forEach((question) => ask(view, question));
      }
    },
    true
  );
})();
