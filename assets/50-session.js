/* What the server says no to reaches the reader: an ended session leads to sign-in, a refusal to a toast. */
(function () {
  "use strict";
  const original = window.fetch;
  const path = "/_dash-update-component";

  function refused(status, hint) {
    const toasts = document.getElementById("shell-toast");
    if (!toasts || !window.dash_clientside) {
      return;
    }
    const text = status === 403 ? "You may not do this." : "The server could not answer.";
    window.tenureToast(text, hint, status === 403 ? "warning" : "error");
  }

  window.fetch = async function (resource, options) {
    const address = typeof resource === "string" ? resource : resource.url;
    const answer = await original.call(window, resource, options);
    if (!String(address).includes(path)) {
      return answer;
    }
    if (answer.status === 401) {
      const here = window.location.pathname + window.location.search;
      window.location.assign("/login?next=" + encodeURIComponent(here));
    } else if (answer.status >= 400) {
      const body = await answer.clone().json().catch(() => ({}));
      const error = body.error || {};
      refused(answer.status, [error.message, error.hint, error.request_id && "Request " + error.request_id].filter(Boolean).join(" "));
    }
    return answer;
  };

  window.tenureToast = function (text, hint, severity) {
    const component = (type, props) => ({ namespace: "dash_html_components", type, props });
    const words = [component("P", { children: text })];
    if (hint) {
      words.push(component("P", { children: hint, className: "hint" }));
    }
    const close = component("Button", {
      children: component("Span", { className: "icon icon-x-lg", "aria-hidden": "true" }),
      className: "icon-button",
      type: "button",
      "aria-label": "Dismiss",
      "data-action": "dismiss",
    });
    window.dash_clientside.set_props("shell-toast", {
      children: component("Div", { children: [component("Div", { children: words }), close], className: "toast-card toast-" + severity }),
    });
  };
})();
