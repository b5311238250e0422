"""GitHub's short names for the pictures that notes use most: `:rocket:` is one there, so here too."""

from __future__ import annotations

import re

# fmt: off
EMOJI = {
    "rocket": "🚀", "fire": "🔥", "star": "⭐", "star2": "🌟", "sparkles": "✨", "tada": "🎉", "zap": "⚡",
    "boom": "💥", "100": "💯", "heart": "❤️", "thumbsup": "👍", "+1": "👍", "clap": "👏", "pray": "🙏",
    "muscle": "💪", "eyes": "👀", "wave": "👋", "point_right": "👉", "smile": "😄", "thinking": "🤔",
    "sunglasses": "😎", "robot": "🤖", "brain": "🧠", "bulb": "💡", "book": "📖", "books": "📚",
    "notebook": "📓", "pencil": "📝", "memo": "📝", "pencil2": "✏️", "bookmark": "🔖", "link": "🔗",
    "pushpin": "📌", "round_pushpin": "📍", "mag": "🔍", "computer": "💻", "wrench": "🔧", "gear": "⚙️",
    "hammer": "🔨", "package": "📦", "microscope": "🔬", "dart": "🎯", "trophy": "🏆", "medal_sports": "🏅",
    "chart_with_upwards_trend": "📈", "chart_with_downwards_trend": "📉", "bar_chart": "📊", "bug": "🐛",
    "warning": "⚠️", "exclamation": "❗", "question": "❓", "bell": "🔔", "construction": "🚧", "lock": "🔒",
    "white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌", "arrow_right": "➡️", "arrow_down": "⬇️",
    "recycle": "♻️", "hourglass": "⌛", "calendar": "📅", "mortar_board": "🎓", "school": "🏫",
    "seedling": "🌱", "snake": "🐍", "coffee": "☕", "information_source": "ℹ️", "card_index": "📇",
    "1st_place_medal": "🥇",
}
# fmt: on

NAME = re.compile(r":([a-z0-9_+]+):")


def emoji(text: str) -> str:
    """The text with the names it has replaced; unknown ones stay.

    >>> emoji("12:30:15 :rocket: :nothing:")
    '12:30:15 🚀 :nothing:'
    """
    return NAME.sub(lambda name: EMOJI.get(name[1], name[0]), text) if ":" in text else text
