/* Two pages have a grid, and its script is a third of a megabyte: it comes with the first grid that is shown. Until then
   a place as large as the grid stands for it; Dash is told to look again when the script is there. */
(function () {
  "use strict";
  const known = { AgGrid: Place, getApiAsync: (...asked) => load().then(() => known.getApiAsync(...asked)) };
  let coming = null;

  function load() {
    coming =
      coming ||
      new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = document.documentElement.dataset.grid;
        script.onload = done;
        script.onerror = () => {
          coming = null;
          failed(new Error("The grid could not be loaded."));
        };
        document.head.append(script);
      });
    return coming;
  }

  function Place({ id, className, style }) {
    window.React.useEffect(() => {
      /* Whoever left the page while the script was on its way has no list any more. */
      const isThere = () => window.dash_stores.some((store) => id in store.getState().paths.strs);
      load().then(
        () => isThere() && window.dash_clientside.set_props(id, { className }),
        () => window.tenureToast("The list could not be loaded.", "Load the page again.", "error")
      );
    }, [id, className]);
    return window.React.createElement("div", { id, className, style });
  }
  Place.dashRenderType = true;

  Object.defineProperty(window, "dash_ag_grid", {
    get: () => known,
    set: ({ AgGrid, getApi, getApiAsync }) => Object.assign(known, { AgGrid, getApi, getApiAsync }),
  });
})();
