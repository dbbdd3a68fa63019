/* Charts take their appearance here, so the server never sends a template and a theme switch needs no server. */
(function () {
  "use strict";
  const root = document.documentElement;
  let templates = null;

  function template(name) {
    if (!templates) {
      const element = document.getElementById("chart-templates");
      templates = element ? JSON.parse(element.textContent) : {};
    }
    return templates[name || root.dataset.bsTheme] || {};
  }

  /* Margins are fixed, which is fast; only on a phone do legends and labels need more room than they were given. */
  function roomy(layout) {
    if (window.innerWidth >= 576) {
      return layout;
    }
    return Object.assign({}, layout, {
      margin: Object.assign({}, layout && layout.margin, { autoexpand: true }),
      xaxis: Object.assign({}, layout && layout.xaxis, { automargin: true }),
    });
  }

  function dressed(layout, plot) {
    const without = window.tenureLegend.out(roomy(layout), plot);
    return Object.assign({}, without, { template: (layout && layout.template) || template() });
  }

  /* Which charts the reader sees now, or would after a little scrolling. */
  const near = new WeakSet();
  const sight = new IntersectionObserver(
    (entries) => entries.forEach((entry) => near[entry.isIntersecting ? "add" : "delete"](entry.target)),
    { rootMargin: "100px" }
  );

  /* Charts out of sight are drawn after the next paint, so that what is seen need not wait; several without a pause, as
     long as a reader who types or scrolls meanwhile does not notice. */
  const later = new Map();
  const UNNOTICED_MS = 40;
  let isPlanned = false;

  function drawNext() {
    const start = performance.now();
    while (later.size && performance.now() - start < UNNOTICED_MS) {
      const [plot, draw] = later.entries().next().value;
      later.delete(plot);
      draw();
    }
    isPlanned = later.size > 0;
    if (isPlanned) {
      window.setTimeout(drawNext, 0);
    }
  }

  /* For paper, pictures and windows that paint nothing: now. */
  function drawAll() {
    [...later.keys()].forEach((plot) => {
      const draw = later.get(plot);
      later.delete(plot);
      draw();
    });
  }

  function postponed(plot, draw) {
    return new Promise((done, failed) => {
      later.set(plot, () => (plot.isConnected ? draw() : Promise.resolve(plot)).then(done, failed));
      if (!isPlanned) {
        isPlanned = true;
        window.requestAnimationFrame(() => window.setTimeout(drawNext, 0));
      }
    });
  }

  window.addEventListener("beforeprint", drawAll);
  document.addEventListener("visibilitychange", drawAll);

  /* newPlot and react take either a figure or (data, layout). A figure that is drawn already is left alone: under most
     filters half of the charts stay as they are, and drawing one takes 15 to 50 ms. */
  function wrap(plotly, name) {
    const original = plotly[name];
    plotly[name] = function (plot, first, layout, config) {
      if (!first || Array.isArray(first) || !first.data) {
        return original.call(plotly, plot, first, dressed(layout, plot), config);
      }
      const text = JSON.stringify([first.data, first.layout]);
      if (name === "react" && plot.tenureFigure === text && !later.has(plot)) {
        plot.emit("plotly_afterplot");
        return Promise.resolve(plot);
      }
      const isFirst = plot.tenureFigure === undefined;
      plot.tenureFigure = text;
      const draw = () => {
        window.tenureLegend.write(plot, first, template().layout);
        return original.call(plotly, plot, Object.assign({}, first, { layout: dressed(first.layout, plot) })).then(opening);
      };
      if (isFirst) {
        sight.observe(plot);
      }
      return isFirst || near.has(plot) || document.hidden ? draw() : postponed(plot, draw);
    };
  }

  /* Of the bars stacked at one place the one under the pointer; hovering tells of all of them. */
  function pointed(plot, event) {
    const known = event.points.filter((point) => point.data.meta && point.data.meta.marks);
    const axis = known.length > 1 && known[0].yaxis;
    if (!axis || !event.event) {
      return known[0];
    }
    const value = axis.p2c(event.event.clientY - plot.getBoundingClientRect().top - axis._offset);
    const inside = known.find((point) => {
      const bar = plot.calcdata[point.curveNumber][point.pointNumber];
      return Math.min(bar.b, bar.b + bar.s) <= value && value <= Math.max(bar.b, bar.b + bar.s);
    });
    return inside || known[0];
  }

  /* The customers a point is about, as the chart declared them: for the whole figure, or for the rows of its table. */
  function markOf(card, plot, point) {
    const place = [].concat(point.pointNumber);
    const number = place.reduce((marks, index) => (marks ? marks[index] : undefined), point.data.meta.marks);
    const own = plot.layout.meta && plot.layout.meta.marks;
    const marks = own || (card.dataset.table && JSON.parse(card.dataset.table).marks);
    return marks && typeof number === "number" ? marks[number] : null;
  }

  /* A mark that knows its customers filters the page by them, or shows them; with a key held it always shows them. */
  function opening(plot) {
    plot.removeListener("plotly_click", plot.tenureClick || opening);
    plot.tenureClick = (event) => {
      const card = plot.closest(".chart-card");
      const point = card && pointed(plot, event);
      const mark = point && markOf(card, plot, point);
      if (mark) {
        const held = event.event && (event.event.shiftKey || event.event.ctrlKey || event.event.metaKey);
        window.tenureMark(card, mark, Boolean(held));
      }
    };
    plot.on("plotly_click", plot.tenureClick);
    return plot;
  }

  function fits(plot) {
    const drawn = plot._fullLayout;
    const style = window.getComputedStyle(plot);
    return [[style.width, drawn.width], [style.height, drawn.height]].every(([now, then]) => Math.abs(parseFloat(now) - then) <= 1);
  }

  /* Plotly draws whatever it is told to fit anew, also what fits, and what a card without a chart hides. */
  function fitting(plots) {
    const resize = plots.resize;
    plots.resize = (plot) => {
      const isDone = plot._fullLayout && (!plot.getClientRects().length || fits(plot));
      return isDone ? Promise.resolve(plot) : resize.call(plots, plot);
    };
  }

  function adopt(plotly) {
    if (plotly && !plotly.tenure) {
      plotly.tenure = true;
      wrap(plotly, "newPlot");
      wrap(plotly, "react");
      fitting(plotly.Plots);
    }
    return plotly;
  }

  let current = adopt(window.Plotly);
  Object.defineProperty(window, "Plotly", {
    configurable: true,
    get: () => current,
    set: (value) => {
      current = adopt(value);
    },
  });

  new MutationObserver(() => {
    document.querySelectorAll(".js-plotly-plot").forEach((plot) => {
      window.Plotly.relayout(plot, { template: template() });
      window.tenureLegend.recolour(plot, template().layout);
    });
  }).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });

  /* The view, the day of the data and whether predictions hold, in the words of the page. */
  function stamps() {
    const view = [...document.querySelectorAll(".filter-bar .filter:not([hidden]) select")].map(
      (select) => select.options[select.selectedIndex].text
    );
    const chips = [...document.querySelectorAll("#filters-chips .chip")].map((chip) => chip.textContent);
    const fresh = document.querySelector(".freshness > span");
    const valid = document.querySelector('.freshness a[href="/trust"]');
    const stamp = [fresh, valid].filter(Boolean).map((part) => part.textContent);
    return [view.concat(chips).join(" · "), stamp.join(" · ")].filter(Boolean);
  }

  function meaning(card) {
    const meant = card.querySelector(".definition p");
    return meant ? meant.textContent : "";
  }

  /* An exported image stands alone: white, with title, the view and the day of the data. */
  function standalone(card, plot) {
    const foot = wrapped(meaning(card), 140);
    const bottom = 84 + 16 * foot.length;
    const layout = Object.assign({}, plot.layout, {
      template: template("light"),
      paper_bgcolor: "#ffffff",
      plot_bgcolor: "#ffffff",
      width: 1000,
      height: 560,
      autosize: false,
      showlegend: window.tenureLegend.has(plot),
      margin: { l: 70, r: 30, t: 96, b: bottom },
      annotations: (plot.layout.annotations || []).concat(footed(foot, bottom)),
      title: {
        text: "<b>" + escaped(card.dataset.title) + "</b><br><sup>" + escaped(stamps().join(" · ")) + "</sup>",
        x: 0.02,
        xanchor: "left",
        y: 0.96,
        yanchor: "top",
        font: { size: 20 },
      },
    });
    return { data: plot.data, layout };
  }

  /* Lines of at most so many letters, broken between words. */
  function wrapped(text, most) {
    return text.split(/\s+/).reduce((lines, word) => {
      const last = lines[lines.length - 1];
      const fits = last !== undefined && last.length + word.length < most;
      return fits ? lines.slice(0, -1).concat((last + " " + word).trim()) : lines.concat(word);
    }, []).filter(Boolean);
  }

  /* What the figure means, along the lower edge. */
  function footed(lines, bottom) {
    const origin = { xref: "paper", yref: "paper", x: 0, y: 0, xanchor: "left", yanchor: "bottom" };
    const look = { xshift: -50, yshift: 10 - bottom, showarrow: false, align: "left", font: { size: 12 } };
    return lines.length ? [Object.assign({ text: lines.map(escaped).join("<br>") }, origin, look)] : [];
  }

  function escaped(text) {
    return String(text).replace(/[&<>]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[letter]);
  }

  /* The table of the card as text with tabs, which every spreadsheet takes, under what is needed to read it. */
  function copied(card) {
    const words = JSON.parse(card.dataset.table);
    const cell = (value) => String(value).replace(/[\t\r\n]+/g, " ");
    const head = [card.dataset.title, ...stamps(), meaning(card), ""].map((line) => [line]);
    const text = [...head, words.columns, ...words.rows].map((row) => row.map(cell).join("\t")).join("\n");
    const write = navigator.clipboard ? navigator.clipboard.writeText(text) : Promise.reject(new Error("no clipboard"));
    write.then(
      () => window.tenureToast("Copied.", words.rest, "success"),
      () => window.tenureToast("This browser did not let us copy.", "View the card as a table and copy from there.", "error")
    );
  }

  /* The address, with what the part of the page around it was asked for instead. */
  window.tenureScope = function (part) {
    const asked = new URLSearchParams(window.location.search);
    const scope = part.closest("[data-scope]");
    new URLSearchParams(scope ? scope.dataset.scope : "").forEach((value, key) => asked.set(key, value));
    return asked;
  };

  function expanded(card) {
    if (document.fullscreenElement) {
      document.exitFullscreen();
    } else if (card.requestFullscreen) {
      card.requestFullscreen();
    } else {
      window.tenureToast("This browser shows no single card on the whole screen.", "", "error");
    }
  }

  document.addEventListener("fullscreenchange", () => {
    document.querySelectorAll(".chart-card .js-plotly-plot").forEach((plot) => window.Plotly.Plots.resize(plot));
  });

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-export]") : null;
    if (!button) {
      return;
    }
    drawAll();
    const card = button.closest(".chart-card");
    button.closest("details").open = false;
    if (button.dataset.export === "copy") {
      copied(card);
      return;
    }
    if (button.dataset.export === "expand") {
      expanded(card);
      return;
    }
    if (["zip", "xlsx"].includes(button.dataset.export)) {
      const asked = window.tenureScope(card);
      const file = card.dataset.file || "chart/" + encodeURIComponent(card.dataset.chart);
      window.location.assign("/export/" + file + "." + button.dataset.export + "?" + asked.toString());
      return;
    }
    const plot = card.querySelector(".js-plotly-plot");
    const asOf = new URLSearchParams(window.location.search).get("as_of");
    const day = new Date().toISOString().slice(0, 10);
    const filename = (card.dataset.chart || card.id) + "-" + day + (asOf ? "-snapshot-" + asOf : "");
    const options = { format: button.dataset.export, width: 1000, height: 560, scale: 2, filename };
    window.Plotly.downloadImage(standalone(card, plot), options).catch(() =>
      window.tenureToast("The image could not be made.", "Try the other format, or the table.", "error")
    );
  });
})();
