"""The recordings of this installation, as its settings say."""

from typing import Final

from recordings.keeping import Keeper
from recordings.library import RecordingLibrary
from recordings.places import Away
from recordings.sealed.keys import KeyFile
from voxdesk.app.settings import Settings

USED: Final = "KEYS"


def library_of(settings: Settings) -> RecordingLibrary:
    """Where every part of Voxdesk reads recordings."""
    return RecordingLibrary(
        settings.state_dir / "recordings", keys=key_file_of(settings), away=_away(settings)
    )


def key_file_of(settings: Settings) -> KeyFile:
    """The keys that recordings are or were sealed with."""
    path = settings.recording.key_file or settings.state_dir / "keys" / "recordings.keys"
    return KeyFile(path.expanduser().absolute(), used=settings.state_dir / "recordings" / USED)


def sealing_keys(settings: Settings) -> KeyFile | None:
    """The keys that new recordings are sealed with; None: they are plain."""
    return key_file_of(settings) if settings.recording.encrypt else None


def _away(settings: Settings) -> Away | None:
    store = settings.recording.store
    if not store.bucket:
        return None
    from recordings.s3 import Bucket, S3Away  # noqa: PLC0415  only where there is a store

    return S3Away(
        Bucket(
            store.bucket,
            endpoint=store.endpoint,
            region=store.region,
            access_key=store.access_key,
            secret_key=store.secret_key,
            prefix=store.prefix,
            path_style=store.path_style,
        )
    )


def keeper_of(settings: Settings) -> Keeper:
    """Puts recordings there, and works on those that are."""
    return Keeper(library_of(settings), sealing=settings.recording.encrypt)
