/* Uploads in the browser: file field, drop, progress, cancel. Dash's own upload reads whole files into memory. */
(function () {
  "use strict";
  const MB = 1e6;

  function hint(error) {
    return [error.message, error.hint].filter(Boolean).join(" ");
  }

  function parts(zone) {
    return {
      pick: zone.querySelector(".drop-pick"),
      going: zone.querySelector(".drop-going"),
      words: zone.querySelector("[data-upload-words]"),
      bar: zone.querySelector("progress"),
      error: zone.querySelector("[data-upload-error]"),
    };
  }

  /* What the server would refuse is said before a byte is sent; the server looks again. */
  function refusal(zone, file) {
    const ending = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
    const endings = zone.dataset.endings.split(",");
    if (!endings.includes(ending)) {
      return file.name + " is not a kind of file that can be loaded. Use one of: " + endings.join(", ") + ".";
    }
    if (file.size > Number(zone.dataset.maxBytes)) {
      return "The file has more than " + Number(zone.dataset.maxBytes) / MB + " MB. Split it, or put it into the inbox folder of the server.";
    }
    return file.size ? "" : file.name + " is empty. Export it again.";
  }

  function show(zone, going, text) {
    const part = parts(zone);
    part.pick.hidden = going;
    part.going.hidden = !going;
    part.error.textContent = text || "";
  }

  function answered(request) {
    try {
      return JSON.parse(request.responseText);
    } catch (_) {
      return {};
    }
  }

  function send(zone, file) {
    const refused = refusal(zone, file);
    if (refused) {
      show(zone, false, refused);
      return;
    }
    const part = parts(zone);
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, file.name);
    zone.tenureRequest = request;
    request.upload.addEventListener("progress", (event) => {
      const share = event.lengthComputable ? Math.floor((100 * event.loaded) / event.total) : 0;
      part.bar.value = share;
      part.bar.setAttribute("aria-valuetext", share + "\u00a0%");
      part.words.textContent = share < 100 ? "Uploading " + file.name + ": " + share + "\u00a0%" : "The server is looking at " + file.name;
    });
    request.addEventListener("load", () => {
      const body = answered(request);
      if (request.status === 201) {
        window.tenureGo("/import?upload=" + encodeURIComponent(body.upload_id) + "&step=profile");
      } else if (request.status === 401) {
        window.location.assign("/login?next=" + encodeURIComponent("/import"));
      } else {
        show(zone, false, hint(body.error || { message: "The server could not take the file.", hint: "Try again." }));
      }
    });
    request.addEventListener("error", () => show(zone, false, "The connection broke. Nothing was loaded; choose the file again."));
    request.addEventListener("abort", () => show(zone, false, "Cancelled. Nothing was loaded."));
    part.bar.value = 0;
    part.words.textContent = "Uploading " + file.name;
    show(zone, true);
    request.open("POST", zone.dataset.upload);
    request.setRequestHeader("Accept", "application/json");
    request.send(form);
    zone.querySelector("[data-upload-cancel]").focus();
  }

  function chosen(zone, files) {
    if (files.length > 1) {
      show(zone, false, "Choose one file at a time.");
    } else if (files.length) {
      send(zone, files[0]);
    }
  }

  /* The page draws a slot for the field: Dash has no file field that a screen reader can use. */
  function prepare(zone) {
    const slot = zone.querySelector("[data-file-slot]");
    if (!slot || slot.firstChild) {
      return;
    }
    const field = document.createElement("input");
    field.type = "file";
    field.id = "import-file";
    field.accept = zone.dataset.endings.split(",").map((ending) => "." + ending).join(",");
    field.addEventListener("change", () => {
      chosen(zone, field.files);
      field.value = "";
    });
    slot.append(field);
  }

  const isHere = () => window.location.pathname.startsWith("/import");
  new MutationObserver(() => isHere() && document.querySelectorAll("[data-upload]").forEach(prepare)).observe(
    document.documentElement,
    { childList: true, subtree: true }
  );

  const zoneOf = (event) => (event.target instanceof Element ? event.target.closest("[data-upload]") : null);

  /* A file dropped beside the zone must not replace the page. */
  ["dragover", "drop"].forEach((name) =>
    document.addEventListener(name, (event) => {
      if (!document.querySelector("[data-upload]") || !event.dataTransfer || ![...event.dataTransfer.types].includes("Files")) {
        return;
      }
      event.preventDefault();
      const zone = zoneOf(event);
      document.querySelectorAll("[data-upload]").forEach((item) => item.classList.toggle("is-over", name === "dragover" && item === zone));
      if (name === "drop" && zone && parts(zone).going.hidden) {
        chosen(zone, event.dataTransfer.files);
      }
    })
  );
  document.addEventListener("dragleave", (event) => {
    const zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) {
      zone.classList.remove("is-over");
    }
  });

  async function remove(button) {
    button.disabled = true;
    const answer = await fetch("/uploads/" + encodeURIComponent(button.dataset.removeUpload), { method: "DELETE", headers: { Accept: "application/json" } });
    if (answer.ok || answer.status === 410) {
      window.tenureGo("/import");
      window.tenureRefresh();
      return;
    }
    button.disabled = false;
    const body = await answer.json().catch(() => ({}));
    window.tenureToast("The file could not be removed.", hint(body.error || {}), "warning");
  }

  /* The list again, where the address stays the same. */
  window.tenureRefresh = function () {
    window.dash_clientside.set_props("import-address", { data: { upload: null, step: "choose", at: Date.now() } });
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const cancelling = target && target.closest("[data-upload-cancel]");
    const removing = target && target.closest("[data-remove-upload]");
    if (cancelling) {
      cancelling.closest("[data-upload]").tenureRequest.abort();
    } else if (removing) {
      remove(removing);
    }
  });

  /* Leaving the page ends an upload; that is asked first. */
  window.addEventListener("beforeunload", (event) => {
    const going = document.querySelector("[data-upload] .drop-going");
    if (going && !going.hidden) {
      event.preventDefault();
    }
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure_import = {
    go(data) {
      if (data && data.href) {
        window.tenureGo(data.href);
      }
      return window.dash_clientside.no_update;
    },
  };
})();
