"""What each named group of customers is, and what one does about it: sentences, no promised effect."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """A named group: who is in it, and the recommended play."""

    definition: str
    play: str


GROUPS: dict[str, Group] = {
    "Champions": Group(
        "Recency 5 with frequency and money 4 or 5, or recency 4 with 5.",
        "Thank them and ask them for reviews and referrals; show new products to them first.",
    ),
    "Loyal": Group(
        "Recency 4 with frequency and money 4, or recency 3 with 4 or 5.",
        "Keep the rhythm: offer what goes with what they buy, before the usual time of their next order.",
    ),
    "Active": Group(
        "Recency 4 or 5, frequency and money 3.",
        "Suggest a second category; a larger basket makes them loyal rather than a discount.",
    ),
    "Promising": Group(
        "Recency 5 with frequency and money 2, or recency 4 with 1 or 2.",
        "Ask for the next order soon: tell them what others bought next.",
    ),
    "New": Group(
        "Recency 5, frequency and money 1.",
        "Welcome them and see that the first order went well, before selling more.",
    ),
    "Needs attention": Group(
        "Recency 3, frequency and money 2 or 3.",
        "Remind them while the last order is still remembered.",
    ),
    "Almost lost": Group(
        "Recency 3 with frequency and money 1, or recency 2 with 1 or 2.",
        "One message with a plain reason to come back; leave it there when it is not answered.",
    ),
    "At risk": Group(
        "Recency 2, frequency and money 3 or more.",
        "Speak to them first, in person where that pays: they bought often and have stopped.",
    ),
    "Previously loyal": Group(
        "Recency 1, frequency and money 4 or 5.",
        "Ask why they left, and win back those whose value pays for it.",
    ),
    "Dormant": Group(
        "Recency 1, frequency and money 3 or less.",
        "Write rarely, to the cheapest address; spend the budget on the groups above.",
    ),
}
PROSPECTS = Group(
    "People on file who never ordered: they have no recency, frequency or money.",
    "Invite them to a first order.",
)
"The eleventh group. A snapshot holds those who bought, so it cannot be counted."


@dataclass(frozen=True, slots=True)
class Quadrant(Group):
    """A quarter of the customers by predicted value and chance to buy."""

    name: str


QUADRANTS: dict[tuple[bool, bool], Quadrant] = {
    (True, True): Quadrant(
        "Predicted value at or above the median, chance to buy one half or more.",
        "Look after them: the best service, no needless discounts.",
        "Protect",
    ),
    (False, True): Quadrant(
        "Predicted value below the median, chance to buy one half or more.",
        "They come anyway: give them a reason to buy more each time.",
        "Grow",
    ),
    (True, False): Quadrant(
        "Predicted value at or above the median, chance to buy below one half.",
        "Contact them first: worth more than most, and they will rather not come by themselves.",
        "Win back",
    ),
    (False, False): Quadrant(
        "Predicted value below the median, chance to buy below one half.",
        "Spend little: stay in touch at no cost.",
        "Let go",
    ),
}
"(is valuable, is likely) to quadrant, in reading order."
