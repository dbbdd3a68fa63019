"""Sign-in, sign-out and the one-time link: plain HTML forms that work before, and without, any JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashapp.errors import InputError, Throttled, WrongCredentials
from dashapp.web import identity
from dashapp.web.route import PUBLIC, Route

if TYPE_CHECKING:
    from dashapp.services.services import Services

MAX_FORM_BYTES = 10_000
_PLAIN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


def safe_next(target: str) -> str:
    """Where to go after sign-in: a path of this site, or the home page for anything that could leave it.

    >>> safe_next("/overview?range=l90d"), safe_next("//evil.example"), safe_next("/%5cevil.example")
    ('/overview?range=l90d', '/', '/')
    """
    plain = unquote(target)
    fits = _PLAIN_PATH.fullmatch(target) and _PLAIN_PATH.fullmatch(plain.replace(" ", "+"))
    return target if fits and not plain.startswith(("/login", "/logout", "/welcome")) else "/"


def show_login(services: Services) -> ResponseReturnValue:
    """The form; whoever is signed in already is sent on."""
    target = safe_next(request.args.get("next", "/"))
    if identity.lookup(services, touch=False):
        return redirect(target)
    return render_template("login.html", next=target, user_name="", error="")


def sign_in(services: Services) -> ResponseReturnValue:
    """Check the credentials, start a session under a new token. Says the same for unknown user and wrong password."""
    user_name, password = request.form.get("user_name", ""), request.form.get("password", "")
    target = safe_next(request.form.get("next", "/"))
    try:
        token = services.login.sign_in(user_name, password, request.remote_addr or "", _agent())
    except WrongCredentials as error:
        return _again(user_name, target, error.message, 401)
    except Throttled as error:
        response = _again(user_name, target, f"{error.message} Wait {_wait(error.wait_seconds)}.", 429)
        response.headers["Retry-After"] = str(error.wait_seconds)
        return response
    _end_session(services)
    return _entered(services, target, token)


def sign_out(services: Services) -> ResponseReturnValue:
    """End the session on the server and in this browser."""
    _end_session(services)
    return identity.take_cookie(make_response(redirect("/login")), services.settings)


def show_welcome(services: Services, token: str) -> ResponseReturnValue:
    """The form behind a one-time link. Looking does not use the link up: mail scanners look too."""
    owner = services.login.link_owner(token)
    return render_template("welcome.html", owner=owner, error=""), 200 if owner else 404


def redeem(services: Services, token: str) -> ResponseReturnValue:
    """Set the password and sign in; the link is used up only when that worked."""
    owner = services.login.link_owner(token)
    if owner is None:
        return render_template("welcome.html", owner=None, error=""), 404
    password = request.form.get("password", "")
    if password != request.form.get("repeated", ""):
        return render_template("welcome.html", owner=owner, error="The two passwords differ. Type them again."), 422
    try:
        session = services.login.redeem_link(token, password, request.remote_addr or "", _agent())
    except InputError as error:
        return render_template("welcome.html", owner=owner, error=error.sentence()), 422
    return _entered(services, "/", session)


def _entered(services: Services, target: str, token: str) -> Response:
    return identity.give_cookie(make_response(redirect(target, 303)), services.settings, token)


def _end_session(services: Services) -> None:
    if token := request.cookies.get(identity.cookie_name(services.settings)):
        services.login.sign_out(token)


def _again(user_name: str, target: str, error: str, status: int) -> Response:
    return make_response(render_template("login.html", next=target, user_name=user_name[:200], error=error), status)


def _agent() -> str:
    return (request.user_agent.string or "")[:300]


def _wait(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"


ROUTES = (
    Route("/login", "login.show", show_login, PUBLIC),
    Route("/login", "login.sign_in", sign_in, PUBLIC, ("POST",), max_bytes=MAX_FORM_BYTES),
    Route("/logout", "login.sign_out", sign_out, PUBLIC, ("POST",), max_bytes=MAX_FORM_BYTES),
    Route("/welcome/<token>", "welcome.show", show_welcome, PUBLIC),
    Route("/welcome/<token>", "welcome.redeem", redeem, PUBLIC, ("POST",), max_bytes=MAX_FORM_BYTES),
)
