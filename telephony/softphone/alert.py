"""What the officer hears before anybody speaks: ringing here, ringing there, a beep when one more calls.

450 Hz as in China's network (GB/T 3380): ringback 1 s in 5 s, call waiting 0.4 s in 4.4 s.
"""

from enum import Enum

import pjsua2 as pj

RATE = 8000


class Alert(Enum):
    """Tones as (frequency, second frequency, milliseconds on, milliseconds off), repeated."""

    NONE = ()
    RINGING_HERE = ((450, 540, 400, 200), (450, 540, 400, 2000))
    RINGING_THERE = ((450, 0, 1000, 4000),)
    ONE_MORE = ((450, 0, 400, 4000),)


class Alerts:
    """Plays at most one alert into the sound device."""

    def __init__(self, port: "pj.AudioMediaPort") -> None:
        self._tones = pj.ToneGenerator()
        self._tones.createToneGenerator(RATE, 1)
        self._tones.startTransmit(port)
        self._now = Alert.NONE

    def sound(self, alert: Alert) -> None:
        """From now on `alert`, until another is asked for."""
        if alert is self._now:
            return
        self._now = alert
        self._tones.stop()
        if alert is Alert.NONE:
            return
        pattern = pj.ToneDescVector()
        for first, second, on, off in alert.value:
            tone = pj.ToneDesc()
            tone.freq1, tone.freq2, tone.on_msec, tone.off_msec = first, second, on, off
            pattern.append(tone)
        self._tones.play(pattern, True)
