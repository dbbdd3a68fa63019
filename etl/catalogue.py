"""What the simulated shop sells, and how a drawn basket value becomes order lines."""

from __future__ import annotations

import numpy as np
import pandas as pd

PRODUCTS = 120
LOWEST_PRICE, HIGHEST_PRICE = 2.90, 149.0
NEIGHBOURS = 6
CATEGORIES = {
    "Kitchen": ("Bowl", "Pan", "Kettle", "Apron", "Knife"),
    "Garden": ("Planter", "Lantern", "Trowel", "Hammock", "Feeder"),
    "Home": ("Cushion", "Lamp", "Rug", "Clock", "Frame"),
    "Stationery": ("Notebook", "Calendar", "Pen", "Folder", "Stamp"),
    "Toys": ("Puzzle", "Robot", "Kite", "Train", "Doll"),
    "Outdoor": ("Bottle", "Blanket", "Tent", "Torch", "Rucksack"),
}
STYLES = ("Nordic", "Classic", "Linen", "Copper")


def products(rng: np.random.Generator, weeks: float) -> pd.DataFrame:
    """The shelf in order of price: id, name, category, unit_price, unit_cost, launch [week], fame, life [weeks].

    Every third product was there from the start and stays; the others come in over time, rise and fade.
    """
    names = [(kind, f"{style} {noun}") for style in STYLES for kind, nouns in CATEGORIES.items() for noun in nouns]
    order = rng.permutation(PRODUCTS)
    price = np.exp(np.linspace(np.log(LOWEST_PRICE), np.log(HIGHEST_PRICE), PRODUCTS)).round(1) - 0.01
    stays = np.arange(PRODUCTS) % 3 == 0
    return pd.DataFrame(
        {
            "product_id": [f"P-{number:03d}" for number in range(1, PRODUCTS + 1)],
            "product_name": [names[position][1] for position in order],
            "category": [names[position][0] for position in order],
            "unit_price": price.round(2),
            "unit_cost": (price * rng.uniform(0.35, 0.6, PRODUCTS)).round(2),
            "launch": np.where(stays, -100.0, rng.uniform(-30, weeks * 0.9, PRODUCTS)),
            "fame": rng.normal(0, 0.8, PRODUCTS),
            "life": np.where(stays, np.inf, rng.uniform(40, 110, PRODUCTS)),
        }
    )


def lines(rng: np.random.Generator, purchases: pd.DataFrame, shelf: pd.DataFrame, weeks: float) -> pd.DataFrame:
    """Order lines: purchase, product (row numbers), quantity, unit_price.

    The lines of a purchase add up to its drawn value within a cent per piece: the price paid floats around the list
    price of a product that was on sale then.
    """
    value = purchases["value"].to_numpy()
    count = np.minimum(1 + rng.poisson(1.1, len(value)), np.maximum(1, value // (2 * LOWEST_PRICE))).astype(int)
    purchase = np.repeat(np.arange(len(value)), count)
    share = rng.gamma(2.0, 1.0, len(purchase))
    share = 0.5 / count[purchase] + 0.5 * share / np.bincount(purchase, weights=share)[purchase]
    amount = value[purchase] * share
    wished = rng.choice([1, 2, 3], len(amount), p=[0.7, 0.2, 0.1])
    quantity = np.clip(wished, np.ceil(amount / HIGHEST_PRICE), np.maximum(1, amount // LOWEST_PRICE)).astype(int)
    product = _pick(rng, amount / quantity, purchases["week"].to_numpy()[purchase], shelf)
    price = np.maximum((amount / quantity).round(2), 0.01)
    return pd.DataFrame({"purchase": purchase, "product": product, "quantity": quantity, "unit_price": price})


def _pick(rng: np.random.Generator, price: np.ndarray, week: np.ndarray, shelf: pd.DataFrame) -> np.ndarray:
    """One of the thirteen products nearest in price, by how popular each is in that week (Gumbel's trick)."""
    nearest = np.searchsorted(shelf["unit_price"].to_numpy(), price)
    middle = np.clip(nearest, NEIGHBOURS, PRODUCTS - 1 - NEIGHBOURS)
    choices = middle[:, None] + np.arange(-NEIGHBOURS, NEIGHBOURS + 1)
    age = week[:, None] - shelf["launch"].to_numpy()[choices]
    life = shelf["life"].to_numpy()[choices]
    rise = np.minimum(np.maximum(age, 0.0) / 12, 1.0)
    fade = np.exp(-np.maximum(age - life, 0.0) / 15)
    liking = shelf["fame"].to_numpy()[choices] + np.log(np.maximum(rise * fade, 1e-9))
    liking[age < 0] = -np.inf
    best = np.argmax(liking + rng.gumbel(size=choices.shape), axis=1)
    picked: np.ndarray = choices[np.arange(len(price)), best]
    return picked
