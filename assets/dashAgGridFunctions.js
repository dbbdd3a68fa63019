/* How cells of the grids are written; grids name these functions, nothing is evaluated.
   The locale is the page's; en-GB is the house's own style, as in dashapp/written.py. */
(function () {
  "use strict";
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const missing = "–";
  const locale = document.documentElement.dataset.locale || "en-GB";
  const isHouse = locale === "en-GB";
  const signed = (text) => text.replace("-", "−");
  const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);
  const formats = {};

  /* Making a formatter costs more than a hundred uses of it. */
  const format = (options) => {
    const key = JSON.stringify(options);
    formats[key] = formats[key] || new Intl.NumberFormat(locale, options);
    return formats[key];
  };
  const decimal = (value, digits) =>
    signed(format({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(Number(value)));

  functions.tenureMoney = (value, currency) => {
    if (!known(value)) {
      return missing;
    }
    if (!currency || isHouse) {
      return decimal(value, 2) + (currency ? "\u00a0" + currency : "");
    }
    return signed(format({ style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(Number(value)));
  };
  functions.tenureNumber = (value, digits) => (known(value) ? decimal(value, digits || 0) : missing);
  functions.tenurePercent = (value, digits) => {
    const places = digits === undefined ? 1 : digits;
    if (!known(value)) {
      return missing;
    }
    return isHouse
      ? decimal(Number(value) * 100, places) + "\u00a0%"
      : signed(format({ style: "percent", minimumFractionDigits: places, maximumFractionDigits: places }).format(Number(value)));
  };
  functions.tenureDay = (value) => {
    if (!known(value) || value === "") {
      return missing;
    }
    const day = new Date(String(value).slice(0, 10) + "T00:00:00Z");
    const style = isHouse ? { day: "numeric", month: "short", year: "numeric" } : { dateStyle: "medium" };
    return day.toLocaleDateString(locale, { ...style, timeZone: "UTC" });
  };
})();
