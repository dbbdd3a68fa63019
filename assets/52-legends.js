/* Which series is which, as text above the drawing: it wraps where it must, is read and worked by keyboard, and takes
   its room before the chart is drawn, so plotly never measures it. A picture taken away has plotly's own. */
(function () {
  "use strict";
  const LINES = { dot: "dotted", dash: "dashed", dashdot: "dashed", longdash: "dashed" };

  function holder(plot) {
    const frame = plot.closest(".card-plot");
    return frame && frame.querySelector(":scope > .card-legend");
  }

  function plain(color) {
    return typeof color === "string" ? color : "";
  }

  /* One entry for each named trace or group of traces that belongs in a legend, in reading order. */
  function entries(figure) {
    const layout = figure.layout || {};
    if (!layout.showlegend) {
      return [];
    }
    const found = new Map();
    figure.data.forEach((trace, place) => {
      const key = trace.legendgroup || trace.name || "";
      if (found.has(key)) {
        found.get(key).places.push(place);
      } else if (trace.name && trace.showlegend !== false) {
        found.set(key, { trace, places: [place] });
      }
    });
    const all = [...found.values()];
    return layout.legend && layout.legend.traceorder === "reversed" ? all.reverse() : all;
  }

  function swatch(trace, place, theme) {
    const mark = document.createElement("span");
    const line = trace.line || {};
    const marker = trace.marker || {};
    const own = plain(marker.color) || plain(line.color) || theme.colorway[place % theme.colorway.length];
    const isLine = trace.type === "scatter" && (trace.mode || "").includes("lines") && line.width !== 0;
    mark.className = "swatch " + (isLine ? "swatch-line" : trace.mode === "markers" ? "swatch-point" : "swatch-area");
    mark.style.color = trace.fill && !isLine ? plain(trace.fillcolor) || own : plain(isLine ? line.color : "") || own;
    mark.style.borderTopStyle = isLine ? LINES[line.dash] || "solid" : "";
    return mark;
  }

  function item(entry, theme) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "legend-item";
    button.dataset.places = entry.places.join(" ");
    button.setAttribute("aria-pressed", "true");
    button.append(swatch(entry.trace, entry.places[0], theme), entry.trace.name);
    const place = document.createElement("li");
    place.append(button);
    return place;
  }

  function write(plot, figure, theme) {
    const place = holder(plot);
    if (!place) {
      return;
    }
    plot.tenureLegend = figure;
    const found = entries(figure);
    const list = document.createElement("ul");
    list.setAttribute("aria-label", "Series; press one to hide or show it");
    list.append(...found.map((entry) => item(entry, theme)));
    place.replaceChildren(...(found.length > 1 ? [list] : []));
  }

  /* The colours of the other appearance, with what is hidden still hidden. */
  function recolour(plot, theme) {
    const place = holder(plot);
    if (!place || !plot.tenureLegend) {
      return;
    }
    const pressed = [...place.querySelectorAll("button")].map((button) => button.getAttribute("aria-pressed"));
    write(plot, plot.tenureLegend, theme);
    place.querySelectorAll("button").forEach((button, at) => button.setAttribute("aria-pressed", pressed[at]));
  }

  /* The layout as it is drawn: without plotly's legend and the room that was left for it. */
  function out(layout, plot) {
    if (!layout || !layout.showlegend || !holder(plot)) {
      return layout;
    }
    const margin = layout.margin || {};
    return Object.assign({}, layout, {
      showlegend: false,
      margin: Object.assign({}, margin, { t: Math.max(12, (margin.t || 0) - 24) }),
    });
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest(".legend-item") : null;
    if (!button) {
      return;
    }
    const plot = button.closest(".card-plot").querySelector(".js-plotly-plot");
    const isShown = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!isShown));
    const places = button.dataset.places.split(" ").map(Number);
    window.Plotly.restyle(plot, { visible: isShown ? "legendonly" : true }, places);
  });

  window.tenureLegend = {
    write,
    recolour,
    out,
    has: (plot) => Boolean(plot.tenureLegend && plot.tenureLegend.layout && plot.tenureLegend.layout.showlegend),
  };
})();
