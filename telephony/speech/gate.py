"""What of a model's output is believed: Whisper invents sentences on noise and film credits on silence."""

import re
from enum import StrEnum

UNSURE_LOGPROB = -1.0
UNSURE_NO_SPEECH = 0.6
LOOP_RATIO = 2.4
"""Text that gzip shrinks by more repeats itself: the decoder was caught in a loop."""

_NOISE = re.compile(r"[\s\W_]+")
_CREDITS = re.compile(
    r"amara|明镜|明鏡|点点栏目|點點欄目|点赞.*(订阅|转发)|點贊.*訂閱|訂閱.*轉發|字幕(志愿者|志願者|由|製作|制作|组|組|提供|by)"
    r"|中文字幕|(谢谢|感谢|謝謝|感謝)(大家)?(的)?(观看|收看|收听|觀看|收看|收聽)|下期再见|下期再見|優優獨播劇場|thanksforwatching|subscribetomy",
    re.IGNORECASE,
)
_ALONE = re.compile(r"^(谢谢大家|謝謝大家|请订阅|bye(bye)?|thankyou|you|字幕|music|音乐|音樂)$", re.IGNORECASE)


class Belief(StrEnum):
    """What to do with a phrase."""

    KEEP = "keep"
    DOUBT = "doubt"
    """Shown with a mark: a person listens."""
    DROP = "drop"


def plain(text: str) -> str:
    """The characters alone, without punctuation and space, in lower case."""
    return _NOISE.sub("", text).lower()


def judge(text: str, logprob: float, no_speech: float, ratio: float = 1.0) -> Belief:
    """How far to believe `text`; `ratio` is how far gzip shrinks it. Nothing said is lost: the recording has it."""
    words = plain(text)
    unsure = logprob < UNSURE_LOGPROB or no_speech > UNSURE_NO_SPEECH
    if not words or _CREDITS.search(words):
        return Belief.DROP
    if logprob < UNSURE_LOGPROB and no_speech > UNSURE_NO_SPEECH:
        return Belief.DROP
    if _ALONE.match(words) and (unsure or no_speech > UNSURE_NO_SPEECH / 2):
        return Belief.DROP
    return Belief.DOUBT if unsure or ratio > LOOP_RATIO else Belief.KEEP
