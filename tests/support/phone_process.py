"""One telephone for the tests: a process with a real SIP stack that obeys and tells in JSON lines.

stdin:  {"do": "call", "to": "sip:…"} · answer [code] · hangup · hold · resume · transfer to · attended with · quit
stdout: {"event": "ready"|"registered"|"incoming"|"state"|"media"|"transfer"|"error", "call": n, …, "t": seconds}
"""

import argparse
import gc
import json
import os
import queue
import sys
import threading
import time

import pjsua2 as pj


def tell(event: str, **more: object) -> None:
    print(json.dumps({"event": event, "t": time.monotonic(), **more}, ensure_ascii=False), flush=True)


class Call(pj.Call):
    def __init__(self, phone: "Phone", call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(phone, call_id)
        self.phone, self.number = phone, phone.count
        self.player: pj.AudioMediaPlayer | None = None
        self.recorder: pj.AudioMediaRecorder | None = None
        phone.count += 1
        phone.calls[self.number] = self

    def onCallState(self, prm: object) -> None:
        info = self.getInfo()
        tell("state", call=self.number, state=info.stateText, code=info.lastStatusCode, reason=info.lastReason)
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.player = self.recorder = None
            self.phone.dead.append(self.number)

    def onCallMediaState(self, prm: object) -> None:
        info = self.getInfo()  # held: its list of media does not outlive it
        for index, media in enumerate(info.media):
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                audio = self.getAudioMedia(index)
                options = self.phone.options
                if options.wav and self.player is None:
                    self.player = pj.AudioMediaPlayer()
                    self.player.createPlayer(options.wav)
                if self.player is not None:
                    self.player.startTransmit(audio)
                if options.rec and self.recorder is None:
                    self.recorder = pj.AudioMediaRecorder()
                    self.recorder.createRecorder(options.rec)
                if self.recorder is not None:
                    audio.startTransmit(self.recorder)
                tell("media", call=self.number)

    def onCallTransferStatus(self, prm: pj.OnCallTransferStatusParam) -> None:
        tell("transfer", call=self.number, code=prm.statusCode, final=prm.finalNotify)
        if prm.finalNotify and prm.statusCode == 200:  # as a desk phone does
            self.hangup(pj.CallOpParam())


class Phone(pj.Account):
    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__()
        self.options, self.count = options, 0
        self.calls: dict[int, Call] = {}
        self.dead: list[int] = []

    def onRegState(self, prm: pj.OnRegStateParam) -> None:
        tell("registered", code=prm.code)

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        call = Call(self, prm.callId)
        info = call.getInfo()
        tell("incoming", call=call.number, remote=info.remoteUri)
        ringing = pj.CallOpParam()
        ringing.statusCode = 180
        call.answer(ringing)

    def obey(self, order: dict[str, object]) -> None:
        what = order["do"]
        number = int(str(order.get("call", self.count - 1)))
        prm = pj.CallOpParam(True)
        if what == "call":
            call = Call(self)
            call.makeCall(str(order["to"]), prm)
        elif what == "answer":
            prm = pj.CallOpParam()
            prm.statusCode = int(str(order.get("code", 200)))
            self.calls[number].answer(prm)
        elif what == "hangup":
            if number in self.calls:
                self.calls[number].hangup(pj.CallOpParam())
        elif what == "hold":
            self.calls[number].setHold(prm)
        elif what == "resume":
            prm.opt.flag = pj.PJSUA_CALL_UNHOLD
            self.calls[number].reinvite(prm)
        elif what == "transfer":
            self.calls[number].xfer(str(order["to"]), prm)
        elif what == "attended":
            self.calls[number].xferReplaces(self.calls[int(str(order["with"]))], prm)
        else:
            raise ValueError(what)


def endpoint(options: argparse.Namespace) -> pj.Endpoint:
    found = pj.Endpoint()
    found.libCreate()
    config = pj.EpConfig()
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.uaConfig.threadCnt = 0
    config.uaConfig.maxCalls = 16
    config.uaConfig.mainThreadOnly = True
    config.medConfig.noVad = True
    config.medConfig.ecTailLen = 0
    config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
    found.libInit(config)
    found.audDevManager().setNullDev()
    transport = pj.TransportConfig()
    transport.port = options.port
    transport.boundAddress = transport.publicAddress = options.bind
    found.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    found.libStart()
    for codec in found.codecEnum2():
        name = codec.codecId
        found.codecSetPriority(name, 255 if name.startswith("PCMA") else 254 if name.startswith("PCMU") else 0)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("--bind", "--id", "--user", "--registrar", "--wav", "--rec"):
        parser.add_argument(name, default="")
    parser.add_argument("--port", type=int, default=5060)
    options = parser.parse_args()
    library = endpoint(options)
    config = pj.AccountConfig()
    config.idUri = options.id
    config.mediaConfig.transportConfig.boundAddress = options.bind
    config.mediaConfig.transportConfig.publicAddress = options.bind
    if options.registrar:
        config.regConfig.registrarUri = options.registrar
        config.regConfig.timeoutSec = 300
    if password := os.environ.get("PHONE_PASSWORD"):
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", options.user, 0, password))
    phone = Phone(options)
    phone.create(config)
    orders: queue.Queue[dict[str, object]] = queue.Queue()

    def read() -> None:
        for line in sys.stdin:
            orders.put(json.loads(line))
        orders.put({"do": "quit"})

    threading.Thread(target=read, daemon=True).start()
    tell("ready")
    while True:
        library.libHandleEvents(10)
        for number in phone.dead:
            phone.calls.pop(number, None)
        phone.dead.clear()
        try:
            order = orders.get_nowait()
        except queue.Empty:
            continue
        if order["do"] == "quit":
            break
        try:
            phone.obey(order)
        except (pj.Error, KeyError, ValueError) as error:
            tell("error", order=order, text=error.info() if isinstance(error, pj.Error) else repr(error))
    phone.calls.clear()
    gc.collect()
    phone.shutdown()
    del phone
    gc.collect()
    library.libDestroy()


if __name__ == "__main__":
    main()
