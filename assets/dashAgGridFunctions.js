/* How cells of the grids are written; grids name these functions, nothing is evaluated. */
(function () {
  "use strict";
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const missing = "–";
  const signed = (text) => text.replace("-", "−");
  const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);

  functions.tenureMoney = (value, currency) =>
    known(value)
      ? signed(Number(value).toLocaleString("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 2 })) + (currency ? " " + currency : "")
      : missing;
  functions.tenureNumber = (value, digits) =>
    known(value)
      ? signed(Number(value).toLocaleString("en-GB", { minimumFractionDigits: digits || 0, maximumFractionDigits: digits || 0 }))
      : missing;
  functions.tenurePercent = (value) => (known(value) ? signed((Number(value) * 100).toFixed(1)) + " %" : missing);
  functions.tenureDay = (value) => {
    if (!known(value) || value === "") {
      return missing;
    }
    const day = new Date(String(value).slice(0, 10) + "T00:00:00Z");
    return day.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  };
})();
