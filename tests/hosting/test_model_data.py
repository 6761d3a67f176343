import io
import os
import tarfile
from pathlib import Path

import pytest

from leeboard.hosting.archives import ModelLimits
from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.failures import HostingError
from leeboard.hosting.held_folders import PARTIAL, HeldFolders, new_folder
from leeboard.hosting.model_data import ModelStore
from leeboard.storage import join, write_bytes


def archive_of(**files: bytes) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return raw.getvalue()


def packed(url) -> ContainerSpec:
    return ContainerSpec(image="x", model_data_url=str(url))


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def store(tmp_path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def test_an_archive_is_unpacked_once_and_again_when_it_changes(tmp_path, store):
    (tmp_path / "model.tar.gz").write_bytes(archive_of(a=b"1"))
    first = store.fetch(packed(tmp_path / "model.tar.gz"))
    (first / "mark").write_text("still the same folder")
    assert store.fetch(packed(tmp_path / "model.tar.gz")) == first
    (tmp_path / "model.tar.gz").write_bytes(archive_of(a=b"1", b=b"22"))
    second = store.fetch(packed(tmp_path / "model.tar.gz"))
    assert names(second) == ["a", "b"]
    assert not first.exists()


def test_an_old_version_stays_while_it_is_used(tmp_path, store):
    (tmp_path / "model.tar.gz").write_bytes(archive_of(a=b"1"))
    first = store.fetch(packed(tmp_path / "model.tar.gz"))
    (tmp_path / "model.tar.gz").write_bytes(archive_of(a=b"22", c=b"3"))
    assert store.fetch(packed(tmp_path / "model.tar.gz"), in_use={first}) != first
    assert names(first) == ["a"]


def test_an_old_version_stays_while_another_server_of_the_same_home_uses_it(tmp_path, store):
    other, archive = ModelStore(store.folder), tmp_path / "model.tar.gz"
    archive.write_bytes(archive_of(a=b"1"))
    first = other.fetch(packed(archive))
    assert store.fetch(packed(archive)) == first
    archive.write_bytes(archive_of(a=b"22", c=b"3"))
    store.fetch(packed(archive))
    assert names(first) == ["a"]
    other.held.close()  # as if it was killed
    archive.write_bytes(archive_of(a=b"333", c=b"4444", d=b"5"))
    store.fetch(packed(archive))
    assert not first.exists()


def test_what_a_killed_server_had_begun_to_fill_is_removed_and_what_a_living_one_fills_is_not(
    tmp_path, store
):
    archive = tmp_path / "model.tar.gz"
    archive.write_bytes(archive_of(a=b"1"))
    place = store.fetch(packed(archive)).parent
    dead = [place / f"{PARTIAL}dead", store.folder / f"{PARTIAL}dead"]
    for each in dead:
        each.mkdir()
        (each / "model").touch()
    archive.write_bytes(archive_of(a=b"22", c=b"3"))
    with new_folder(place) as living, new_folder(store.folder) as target:
        store.fetch(packed(archive))
        assert (living.is_dir(), target.is_dir()) == (True, True)
    assert [each for each in dead if each.exists()] == []


def test_a_model_that_is_removed_before_it_is_held_is_fetched_again(tmp_path, store, monkeypatch):
    archive, hold = tmp_path / "model.tar.gz", store.held.hold
    removed: list[Path] = []
    archive.write_bytes(archive_of(a=b"1"))

    def late(folder: Path) -> bool:
        if not removed:
            removed.append(folder)
            HeldFolders().remove(folder)
        return hold(folder)

    monkeypatch.setattr(store.held, "hold", late)
    folder = store.fetch(packed(archive))
    assert (names(folder), removed) == (["a"], [folder])


def test_a_model_comes_from_s3(s3, store):
    url = join(s3.bucket_uri, "hosting/model.tar.gz")
    write_bytes(url, archive_of(a=b"1"))
    assert (store.fetch(packed(url)) / "a").read_bytes() == b"1"


def test_a_prefix_is_copied_as_it_is(s3, store):
    write_bytes(join(s3.bucket_uri, "hosting/plain/config.json"), b"{}")
    write_bytes(join(s3.bucket_uri, "hosting/plain/code/a.py"), b"")
    source = {
        "S3Uri": join(s3.bucket_uri, "hosting/plain") + "/",
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
    }
    spec = ContainerSpec.of({"Image": "x", "ModelDataSource": {"S3DataSource": source}})
    assert names(store.fetch(spec)) == ["code/a.py", "config.json"]


def test_a_single_file_that_is_not_packed_is_copied(tmp_path, store):
    (tmp_path / "model.onnx").write_bytes(b"1")
    spec = ContainerSpec(image="x", model_data_url=str(tmp_path / "model.onnx"), is_packed=False)
    assert names(store.fetch(spec)) == ["model.onnx"]


def test_models_of_a_multi_model_container_are_not_unpacked_and_may_come_later(tmp_path, store):
    many = tmp_path / "many"
    many.mkdir()
    (many / "a.tar.gz").write_bytes(archive_of(a=b"1"))
    spec = ContainerSpec(image="x", model_data_url=str(many), is_multi_model=True)
    folder = store.fetch(spec)
    assert names(folder) == ["a.tar.gz"]
    (many / "new").mkdir()
    (many / "new/b.tar.gz").write_bytes(b"2")
    store.fetch_target(spec, folder, "/new/b.tar.gz")
    assert names(folder) == ["a.tar.gz", "new/b.tar.gz"]


def test_a_prefix_for_many_models_may_still_be_empty(tmp_path, store):
    spec = ContainerSpec(image="x", model_data_url=str(tmp_path / "many"), is_multi_model=True)
    assert names(store.fetch(spec)) == []


@pytest.mark.parametrize("target", ["../model.tar.gz", "a/../../model.tar.gz"])
def test_a_target_model_cannot_lead_out(tmp_path, store, target):
    (tmp_path / "model.tar.gz").write_bytes(b"secret")
    spec = ContainerSpec(image="x", model_data_url=str(tmp_path / "many"), is_multi_model=True)
    with pytest.raises(HostingError, match="leads out"):
        store.fetch_target(spec, store.fetch(spec), target)


def test_a_target_model_that_is_not_there_is_named(tmp_path, store):
    spec = ContainerSpec(image="x", model_data_url=str(tmp_path), is_multi_model=True)
    with pytest.raises(
        HostingError, match=r"the model .*/b.tar.gz cannot be read: nothing is stored"
    ) as caught:
        store.fetch_target(spec, store.fetch(spec), "b.tar.gz")
    assert caught.value.reason == "no_model_data"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("absent.tar.gz", "absent.tar.gz cannot be read: nothing is stored"),
        ("folder", r"folder cannot be read: .* is a folder; one file is needed"),
        ("text", "text cannot be used: it is no tar archive"),
    ],
)
def test_a_model_that_is_missing_or_wrong_is_named(tmp_path, store, name, said):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/model.tar.gz").write_bytes(b"1")
    (tmp_path / "text").write_text("weights")
    with pytest.raises(HostingError, match=said):
        store.fetch(packed(tmp_path / name))


def test_a_kind_of_address_that_nobody_reads_is_refused(store):
    with pytest.raises(
        HostingError, match=r"https://bucket\.example/model.tar.gz cannot be read: no storage scheme"
    ):
        store.fetch(packed("https://bucket.example/model.tar.gz"))


def test_what_failed_leaves_nothing_behind(tmp_path):
    store = ModelStore(tmp_path / "models", ModelLimits(total_bytes=10))
    (tmp_path / "model.tar.gz").write_bytes(archive_of(a=b"1", b=bytes(100)))
    with pytest.raises(HostingError, match="more than 10 bytes") as caught:
        store.fetch(packed(tmp_path / "model.tar.gz"))
    assert caught.value.reason == "bad_model_data"
    assert names(tmp_path / "models") == []
    assert [
        each for _, folders, _ in os.walk(tmp_path / "models") for each in folders if "partial" in each
    ] == []


def test_a_container_without_a_model_gets_an_empty_folder(store):
    assert names(store.fetch(ContainerSpec(image="x"))) == []


def test_a_prefix_is_bounded_too(tmp_path):
    (tmp_path / "many").mkdir()
    for n in range(4):
        (tmp_path / f"many/{n}").write_bytes(b"12345")
    spec = ContainerSpec(image="x", model_data_url=str(tmp_path / "many"), is_packed=False)
    with pytest.raises(HostingError, match="more than 3 files"):
        ModelStore(tmp_path / "models", ModelLimits(n_files=3)).fetch(spec)
    with pytest.raises(HostingError, match="more than 12 bytes"):
        ModelStore(tmp_path / "models", ModelLimits(total_bytes=12)).fetch(spec)
