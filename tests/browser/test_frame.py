"""What readers do on every page: sign in, move, filter, switch the appearance, take an image."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settled
from tests.web.conftest import PASSWORD


def test_signing_in_with_the_keyboard_leads_to_the_wanted_page_and_out_again(open_page):
    page = open_page("/overview?range=l90d", role="")
    expect(page).to_have_url(re.compile(r"/login\?next="))
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type("analyst")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    settled(page)
    expect(page).to_have_url(re.compile(r"/overview\?range=l90d$"))
    page.get_by_title("Account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_filter_lands_in_the_address_and_survives_reload_and_navigation(open_page):
    page = settled(open_page("/overview"))
    before = page.locator("#overview-active_customers-body").inner_text()
    page.locator("details[data-filter=country] > summary").click()
    page.get_by_label("France", exact=True).check()
    expect(page.locator("#overview-active_customers-body")).not_to_have_text(before)
    filtered = settled(page).locator("#overview-active_customers-body").inner_text()
    expect(page).to_have_url(re.compile(r"country=France"))
    settled(page.reload() and page)
    expect(page.locator("#overview-active_customers-body")).to_have_text(filtered, use_inner_text=True)
    page.get_by_role("navigation", name="Pages").get_by_text("Customers").click()
    expect(page).to_have_url(re.compile(r"/customers\?country=France"))
    page.go_back()
    settled(page)
    expect(page.locator("#overview-active_customers-body")).to_have_text(filtered, use_inner_text=True)
    page.get_by_role("button", name="Remove filter country France").click()
    expect(page.locator("#overview-active_customers-body")).to_have_text(before, use_inner_text=True)
    expect(page).not_to_have_url(re.compile(r"country="))


def test_half_a_custom_range_waits_and_a_whole_one_counts(open_page):
    page = settled(open_page("/overview"))
    page.get_by_label("Period", exact=True).select_option("custom")
    page.get_by_label("First day").fill("2025-03-01")
    expect(page).not_to_have_url(re.compile("custom"))
    page.get_by_label("Last day").fill("2025-04-30")
    expect(page).to_have_url(re.compile(r"range=custom&start=2025-03-01&end=2025-04-30"))


def test_the_appearance_is_kept_and_reaches_the_charts(open_page):
    page = settled(open_page("/overview"))
    ink = "document.querySelector('.js-plotly-plot')._fullLayout.font.color"
    light = page.evaluate(ink)
    page.get_by_title("Appearance").click()
    page.get_by_role("button", name="Dark").click()
    page.wait_for_function(f"{ink} !== '{light}'")
    settled(page.reload() and page)
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert page.evaluate(ink) != light


def test_a_chart_can_be_read_as_a_table_and_taken_as_image(open_page):
    page = settled(open_page("/overview"))
    card = page.locator("#overview-revenue_trend")
    card.get_by_role("button", name=re.compile("as a table")).press("Enter")
    expect(card.get_by_role("table")).to_be_visible()
    expect(card.locator(".card-plot")).to_be_hidden()
    card.get_by_role("button", name=re.compile("as a table")).press("Enter")
    for kind, start in (("Image (PNG)", b"\x89PNG"), ("Vector (SVG)", b"<svg")):
        card.get_by_title(re.compile("^Export")).click()
        with page.expect_download() as download:
            card.get_by_role("button", name=kind).click()
        content = download.value.path().read_bytes()
        assert content.startswith(start)
        if kind.startswith("Vector"):
            assert b"Data to" in content
            assert b"who bought: a customer" in content


def test_a_legend_names_every_series_hides_one_by_keyboard_and_goes_along_in_an_image(open_page):
    page = settled(open_page("/overview", width=390))
    card = page.locator("#overview-growth_accounting")
    card.scroll_into_view_if_needed()
    plot, legend = card.locator(".js-plotly-plot"), card.get_by_role("list", name=re.compile("Series"))
    told = "plot => plot.data.map((one) => [one.name, one.showlegend !== false, one.visible])"
    named = dict.fromkeys(name for name, is_told, _ in plot.evaluate(told) if name and is_told)
    assert legend.get_by_role("button").all_inner_texts() == list(named)
    assert plot.locator(".legend").count() == 0
    lapsed = legend.get_by_role("button", name="Lapsed")
    lapsed.press("Enter")
    expect(lapsed).to_have_attribute("aria-pressed", "false")
    assert "legendonly" in [shown for name, _, shown in plot.evaluate(told) if name == "Lapsed"]
    card.get_by_title(re.compile("^Export")).click()
    with page.expect_download() as download:
        card.get_by_role("button", name="Vector (SVG)").click()
    assert b'class="legendtext"' in download.value.path().read_bytes()


def test_paper_has_the_key_figures_and_none_of_the_tools(open_page):
    page = settled(open_page("/overview"))
    page.emulate_media(media="print")
    expect(page.locator("#overview-active_customers .kpi-value")).to_have_text(re.compile(r"\d"), use_inner_text=True)
    expect(page.locator(".views-menu")).to_be_hidden()
    expect(page.locator("#overview-revenue_trend .card-tools")).to_be_hidden()


def test_charts_offer_no_way_to_a_cloud(open_page):
    page = settled(open_page("/overview"))
    assert page.locator(".modebar-btn").count() == 0
    configurations = page.evaluate(
        "[...document.querySelectorAll('.js-plotly-plot')]"
        ".map((plot) => [plot._context.showSendToCloud, plot._context.plotlyServerURL])"
    )
    assert configurations
    assert all(item == [False, ""] for item in configurations)


def test_the_menu_of_a_phone_opens_closes_and_moves_on(open_page):
    page = settled(open_page("/", width=390))
    navigation = page.get_by_role("navigation", name="Pages")
    expect(navigation).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(navigation.get_by_role("link", name="Home")).to_be_focused()
    page.keyboard.press("Escape")
    expect(navigation).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    navigation.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    expect(navigation).to_be_hidden()


def test_the_first_tab_stop_skips_to_the_content(open_page):
    page = settled(open_page("/overview"))
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to content")


def test_the_page_is_marked_in_the_navigation(open_page):
    page = settled(open_page("/overview"))
    expect(page.locator('#nav a[aria-current="page"]')).to_have_text("Overview")
    expect(page).to_have_title("Overview · Tenure")


def test_nothing_personal_stays_in_the_browser_after_signing_out(open_page):
    page = settled(open_page("/overview"))
    kept = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert set(kept) <= {"tenure-theme"}


def test_an_open_table_follows_the_filter(open_page):
    page = settled(open_page("/overview"))
    card = page.locator("#overview-revenue_trend")
    card.get_by_role("button", name=re.compile("as a table")).press("Enter")
    before = card.get_by_role("table").inner_text()
    page.select_option("#filters-range", "l90d")
    expect(card.get_by_role("table")).not_to_have_text(before, use_inner_text=True)


def test_a_figure_is_drawn_again_only_when_it_changed(open_page):
    page = settled(open_page("/overview"))
    page.evaluate(
        "() => { window.drawn = []; for (const name of ['revenue_trend', 'clv_distribution']) {"
        " const svg = document.querySelector(`#overview-${name} .cartesianlayer`);"
        " new MutationObserver(() => window.drawn.push(name)).observe(svg, {childList: true, subtree: true}); } }"
    )
    page.select_option("#filters-basis", "gross_sales")
    page.wait_for_function("() => window.drawn.includes('revenue_trend')")
    settled(page)
    assert "clv_distribution" not in page.evaluate("() => window.drawn")


COUNT = """
    const stores = (window.dash_stores = []), push = Array.prototype.push;
    window.changes = window.told = 0;
    Array.prototype.push = function (...items) {
        if (this === stores) {
            const [store] = items, dispatch = store.dispatch;
            store.dispatch = (action) => { window.changes += 1; return dispatch(action); };
            store.subscribe(() => { window.told += 1; });
        }
        return push.apply(this, items);
    };
"""


def test_the_page_is_told_of_an_answer_a_few_times_instead_of_once_a_change(open_page):
    page = settled(open_page("/overview"))
    page.add_init_script(COUNT)
    settled(page.reload() and page)
    page.evaluate("() => { window.changes = window.told = 0; }")
    before = page.locator("#overview-meant").inner_text()
    page.select_option("#filters-range", "l90d")
    expect(page.locator("#overview-meant")).not_to_have_text(before)
    settled(page)
    changes, told = page.evaluate("() => [window.changes, window.told]")
    assert 0 < told * 3 < changes


CHANGE = """async (changes) => {
    const store = window.dash_stores[0];
    window.told = 0;
    for (const [id, props] of changes) {
        const itempath = store.getState().paths.strs[id];
        const payload = {itempath, props, renderType: "callback", source: "response"};
        store.dispatch({type: "ON_PROP_CHANGE", payload});
    }
    await new Promise((done) => setTimeout(done, 100));
    return window.told;
}"""


def test_changes_that_follow_each_other_are_told_once_and_what_nobody_draws_with_the_next(open_page):
    page = open_page("/overview")
    page.add_init_script(COUNT)
    settled(page.reload() and page)
    words = [["overview-meant", {"children": "one"}], ["overview-definition", {"children": "two"}]]
    assert page.evaluate(CHANGE, words) == 1
    assert page.locator("#overview-meant").inner_text() == "one"
    page.wait_for_timeout(700)  # what was put off is told
    held = ["filters", {"data": {"range": "l90d"}}]
    assert page.evaluate(CHANGE, [held]) == 0
    assert page.evaluate(CHANGE, [held, ["overview-meant", {"children": "three"}]]) == 1
    assert page.locator("#overview-meant").inner_text() == "three"


def test_the_navigation_keeps_a_changed_period_and_leads_on_without_loading(open_page):
    page = settled(open_page("/overview?country=France"))
    page.evaluate("() => { window.kept = true; }")
    page.select_option("#filters-range", "l90d")
    expect(page.locator("#nav-customers")).to_have_attribute("href", re.compile("range=l90d"))
    settled(page)
    page.locator("#nav-customers").click()
    expect(page).to_have_url(re.compile(r"/customers\?range=l90d&country=France|/customers\?country=France&range=l90d"))
    assert page.evaluate("() => Boolean(window.kept)"), "not loaded anew"
    expect(page.locator("#nav-customers")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("button", name="Remove filter country France")).to_be_visible()


def test_charts_out_of_sight_are_drawn_after_those_in_sight(open_page):
    page = settled(open_page("/overview"))
    page.set_viewport_size({"width": 1280, "height": 420})
    page.evaluate("() => document.getElementById('overview-revenue_bridge').scrollIntoView()")
    page.wait_for_timeout(100)
    page.evaluate(
        "() => { window.order = []; for (const plot of document.querySelectorAll('.js-plotly-plot'))"
        " plot.on('plotly_afterplot', () => window.order.push(plot.closest('.chart-card').dataset.chart)); }"
    )
    page.select_option("#filters-basis", "gross_sales")
    page.wait_for_function("() => window.order.includes('country_value')")
    order = page.evaluate("() => window.order")
    assert order.index("revenue_bridge") < order.index("country_value")
    page.wait_for_function("() => new Set(window.order).size === document.querySelectorAll('.js-plotly-plot').length")
    settled(page)
    page.evaluate("() => { window.requestAnimationFrame = () => 0; window.order = []; }")  # as if nothing were painted
    page.select_option("#filters-basis", "net_sales")
    page.wait_for_function("() => window.order.includes('revenue_bridge')")
    page.wait_for_timeout(100)
    assert "country_value" not in page.evaluate("() => window.order")
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function("() => window.order.includes('country_value')")


def test_a_changed_filter_asks_the_server_at_once_and_once(open_page):
    page = open_page("/overview")
    page.add_init_script(
        "window.sent = []; const send = window.fetch;"
        "window.fetch = (...what) => { window.sent.push(String(what[1] && what[1].body)); return send(...what); };"
    )
    settled(page.reload() and page)
    before = page.locator("#overview-meant").inner_text()
    sent_within_the_event = page.evaluate(
        """() => {
            window.sent = [];
            const control = document.getElementById("filters-range");
            control.value = "l90d";
            control.dispatchEvent(new Event("change", { bubbles: true }));
            return window.sent.length;
        }"""
    )
    parts = ["overview-meant", "overview-revenue_bridge", "overview-definition"]
    assert sent_within_the_event == len(parts)
    expect(page.locator("#overview-meant")).not_to_have_text(before)
    expect(page).to_have_url(re.compile("range=l90d"))
    settled(page)
    asked = [body for body in page.evaluate("window.sent") if '"overview-' in body]
    assert len(asked) == len(parts), "the renderer takes the answer to the same question"
    assert all('"range":"l90d"' in body for body in asked)
    assert [f'"id":"{part}' in body for part, body in zip(parts, asked, strict=True)] == [True] * 3, (
        "from top to bottom"
    )


HELD = """
    const really = window.setTimeout;
    window.held = [];
    window.setTimeout = (run, after, ...more) => (after === 400 ? window.held.push(run) : really(run, after, ...more));
"""
WAITING = """(kind) => {
    const store = window.dash_stores[0], id = "overview-revenue_trend-caption";
    window.held.splice(0).forEach((run) => run());
    store.dispatch({type: kind, payload: [{path: store.getState().paths.strs[id], property: "children", id}]});
}"""


def test_a_part_that_waits_for_its_answer_is_shown_as_waiting_after_a_while_only(open_page):
    """The renderer is told here that a part waits: of a real answer others come in between, which hurry."""
    page = open_page("/overview")
    page.add_init_script(HELD)
    settled(page.reload() and page)
    caption = page.locator("#overview-revenue_trend-caption")
    run_held = "() => window.held.splice(0).forEach((run) => run())"
    page.evaluate(WAITING, "LOADING")
    page.wait_for_function("() => window.held.length")
    expect(caption).not_to_have_attribute("data-dash-is-loading", "true")
    page.evaluate(run_held)
    expect(caption).to_have_attribute("data-dash-is-loading", "true")
    page.evaluate(WAITING, "LOADED")
    page.wait_for_function("() => window.held.length")
    page.evaluate(run_held)
    expect(caption).not_to_have_attribute("data-dash-is-loading", "true")


def test_a_chart_below_a_legend_of_another_height_is_drawn_once_in_its_new_size(open_page):
    page = settled(open_page("/overview"))
    page.evaluate(
        """() => {
            const plot = document.querySelector("#overview-revenue_trend .js-plotly-plot");
            const write = window.tenureLegend.write;
            window.tenureLegend.write = (drawn, ...rest) => {
                write(drawn, ...rest);
                plot.closest(".card-plot").querySelector(".card-legend").style.minHeight = "80px";
            };
            window.drawn = [];
            window.before = plot.clientHeight;
            plot.on("plotly_afterplot", () => window.drawn.push([plot._fullLayout.height, plot.clientHeight]));
        }"""
    )
    page.select_option("#filters-basis", "gross_sales")
    page.wait_for_function("() => window.drawn.length")
    page.wait_for_timeout(400)
    drawn, before = page.evaluate("() => [window.drawn, window.before]")
    assert len(drawn) == 1
    height, room = drawn[0]
    assert height == pytest.approx(room, abs=1)
    assert room < before - 20
