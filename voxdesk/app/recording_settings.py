"""Settings of recordings: whether, sealed with which keys, and where they end up."""

from pathlib import Path

from pydantic import Field

from voxdesk.app.setting_types import Section


class StoreSettings(Section):
    """A store that speaks S3, for finished recordings."""

    bucket: str = Field("", description="Name of the bucket. Empty: recordings stay on the disk.")
    endpoint: str = Field(
        "", description="Address, like https://s3.example.com. Empty: Amazon's of the region."
    )
    region: str = Field("us-east-1", description="Region; many stores take any.")
    prefix: str = Field("", description="Folder in the bucket.")
    access_key: str = Field("", description="Name of the key to the store.", repr=False)
    secret_key: str = Field(
        "",
        description="That key. Better given as VOXDESK_RECORDING__STORE__SECRET_KEY.",
        repr=False,
    )
    path_style: bool = Field(
        default=True,
        description="False: the bucket is part of the host's name, as some stores demand.",
    )


class RecordingSettings(Section):
    """What is kept of the sound."""

    enabled: bool = Field(default=True, description="Record calls, caller left, answer right.")
    encrypt: bool = Field(
        default=True, description="Seal recordings (AES-256-GCM) while they are being written."
    )
    key_file: Path | None = Field(
        None,
        description=(
            "File of the keys that recordings are sealed with; made at the first start. Keep a "
            "copy elsewhere. Empty: keys/recordings.keys in state_dir."
        ),
    )
    store: StoreSettings = Field(
        StoreSettings(), description="A store that speaks S3, for finished recordings."
    )
