"""What we ask of Asterisk through its manager: dial, its database, its endpoints and channels."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asterisk.manager import ManagerException

from telephony.ami_events import device_status
from telephony.ami_wire import GuardedManager, Message
from telephony.errors import TelephonyError
from telephony.facts import LineStatus, Living
from telephony.text import recover


class PbxUnreachable(TelephonyError):
    """Asterisk's manager is not connected or does not answer; nothing may be assumed to have happened."""


class PbxRefused(TelephonyError):
    """Asterisk understood and declined; the sentence has its reason."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A PJSIP endpoint now: `detail` is Asterisk's word for `state`, `contacts` where it can be reached."""

    name: str
    state: LineStatus
    detail: str
    channels: int
    contacts: tuple[str, ...]


def _absent(error: PbxRefused) -> bool:
    return "entry not found" in str(error) or "entry could not be deleted" in str(error)


class Requests(ABC):
    """Requests over whatever connection _online() has; every method may be called from any thread.

    All raise PbxUnreachable or PbxRefused, within seconds.
    """

    where: str
    """Host and port of the manager, for people."""

    def originate(
        self,
        channel: str,
        exten: str,
        *,
        context: str,
        caller_id: str = "",
        timeout: int = 30_000,
        variables: Mapping[str, str] | None = None,
        channel_id: str = "",
    ) -> None:
        """Ring `channel` (PJSIP/6001) for `timeout` ms and connect it to `exten` in `context`; returns when accepted.

        `channel_id` becomes the uniqueid of the channel (and so the linkedid of the call).
        """
        action: dict[str, Any] = {
            "Action": "Originate",
            "Channel": channel,
            "Exten": exten,
            "Context": context,
            "Priority": "1",
            "Timeout": str(timeout),
            "Async": "yes",
        }
        if caller_id:
            action["CallerID"] = caller_id
        if channel_id:
            action["ChannelId"] = channel_id
        if variables:
            action["Variable"] = [f"{name}={value}" for name, value in variables.items()]
        self._ask(lambda manager: manager.send_action(action))

    def hangup(self, channel: str) -> None:
        """End the channel of that name."""
        self._ask(lambda manager: manager.hangup(channel))

    def recorded(self, call: str) -> list[tuple[str, str]]:
        """The channels of a call that are being recorded: name, and the path of the recording without its ending."""
        shown = self._list({"Action": "CoreShowChannels"}, "CoreShowChannelsComplete")
        names = [str(event.get_header("Channel", "")) for event in shown if event.get_header("Linkedid", "") == call]
        found = []
        for name in names:
            try:
                answer = self._send({"Action": "Getvar", "Channel": name, "Variable": "DL_STEM"})
            except PbxRefused:
                continue  # gone since it was listed
            if stem := str(answer.get_header("Value", "")):
                found.append((name, stem))
        return found

    def stop_recorder(self, channel: str) -> None:
        """Stop recording a channel."""
        self._send({"Action": "StopMixMonitor", "Channel": channel})

    def append_recorder(self, channel: str, stem: str) -> None:
        """Record a channel behind what the files of `stem` have, as the dialplan began it."""
        options = f"ar({stem}-rx.wav)t({stem}-tx.wav)"
        self._send({"Action": "MixMonitor", "Channel": channel, "File": f"{stem}.wav", "Options": options})

    def db_put(self, family: str, key: str, value: str) -> None:
        """Set a key of Asterisk's database; at most about 900 bytes."""
        self._ask(lambda manager: manager.dbput(family, key, value))

    def db_get(self, family: str, key: str) -> str | None:
        """A value of Asterisk's database; None when there is none."""
        try:
            found = self._list({"Action": "DBGet", "Family": family, "Key": key}, "DBGetComplete")
        except PbxRefused as error:
            if _absent(error):
                return None
            raise
        return str(found[0].get_header("Val", "")) if found else None

    def db_del(self, family: str, key: str) -> None:
        """Remove a key; one that is not there is no error."""
        try:
            self._ask(lambda manager: manager.dbdel(family, key))
        except PbxRefused as error:
            if not _absent(error):
                raise

    def db_tree(self, family: str) -> dict[str, str]:
        """All keys of a family with their values (Asterisk 18.16, 20.1 or newer)."""
        found = self._list({"Action": "DBGetTree", "Family": family}, "DBGetTreeComplete")
        return {
            str(event.get_header("Key", "")).removeprefix(f"/{family}/"): str(event.get_header("Val", ""))
            for event in found
        }

    def endpoints(self) -> list[Endpoint]:
        """All PJSIP endpoints with their state."""
        found = self._list({"Action": "PJSIPShowEndpoints"}, "EndpointListComplete")
        return [
            Endpoint(
                name=str(event.get_header("ObjectName", "")),
                state=device_status(event.get_header("DeviceState", "")),
                detail=str(event.get_header("DeviceState", "")),
                channels=int(event.get_header("ActiveChannels", "0")),
                contacts=tuple(part for part in event.get_header("Contacts", "").split(",") if part),
            )
            for event in found
        ]

    def living(self) -> Living:
        """Which channels and calls there are now, and since when Asterisk runs."""
        found = self._list({"Action": "CoreShowChannels"}, "CoreShowChannelsComplete")
        channels = {str(event.get_header(key, "")) for event in found for key in ("Uniqueid", "Linkedid")}
        status = self._ask(lambda manager: manager.send_action({"Action": "CoreStatus"}))
        zone = self._ask(lambda manager: manager.send_action({"Action": "Getvar", "Variable": "STRFTIME(0,,%z)"}))
        text = " ".join(
            (
                status.get_header("CoreStartupDate", ""),
                status.get_header("CoreStartupTime", ""),
                zone.get_header("Value", "") or f"{datetime.now(UTC).astimezone():%z}",
            )
        )
        try:
            since = datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z")
        except ValueError as error:
            raise PbxRefused("Asterisk does not say since when it runs: {text}.", text=recover(text)) from error
        return Living(frozenset(channels), since.astimezone(UTC))

    def command(self, text: str) -> list[str]:
        """Output lines of a CLI command (the manager user needs the class `command` for it)."""
        answer: Message = self._ask(lambda manager: manager.command(text))
        return answer.every("Output")

    @abstractmethod
    def _online(self) -> GuardedManager:
        """The connection, signed in. Raises PbxUnreachable."""

    def _send(self, action: Mapping[str, str]) -> Any:
        return self._ask(lambda manager: manager.send_action(action))

    def _ask(self, action: Callable[[GuardedManager], Any]) -> Any:
        manager = self._online()
        try:
            answer = action(manager)
        except ManagerException as error:
            raise self._failed(manager, error) from error
        if answer.get_header("Response") == "Error":
            raise PbxRefused(
                "Asterisk declined: {reason}.", reason=recover(answer.get_header("Message", "no reason given"))
            )
        return answer

    def _list(self, action: Mapping[str, str], complete: str) -> list[Message]:
        manager = self._online()
        try:
            return manager.send_list(action, complete)
        except ManagerException as error:
            raise self._failed(manager, error) from error

    def _failed(self, manager: GuardedManager, error: Exception) -> TelephonyError:
        if manager.reason:
            return PbxUnreachable(
                "Asterisk's manager at {where} failed: {reason}; try again.", where=self.where, reason=manager.reason
            )
        return PbxRefused("Asterisk declined: {reason}.", reason=recover(str(error)))
