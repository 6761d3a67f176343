"""The files of models: fetched from where a definition says, kept until they change."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path, PurePosixPath

from leeboard.errors import FormatError, LeeboardError, NotFoundError
from leeboard.hosting.archives import Budget, ModelLimits, inner_path, unpack
from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.failures import HostingError
from leeboard.hosting.held_folders import PARTIAL, HeldFolders, new_folder
from leeboard.storage import StoredObject, join, list_objects, open_read


@dataclass(frozen=True, slots=True)
class ModelStore:
    """Folders of models below one folder, which servers of one home share; its calls block, so they belong in
    a thread.
    """

    folder: Path
    limits: ModelLimits = field(default_factory=ModelLimits)
    held: HeldFolders = field(default_factory=HeldFolders)

    def fetch(
        self,
        spec: ContainerSpec,
        in_use: Collection[Path] = (),
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Path:
        """The folder of a container's model, fetched if it is not there in its present version.

        Args:
            in_use: folders that stay, although the model has changed since; those of other servers do, too.
            should_stop: gives up when it says so.

        Raises:
            HostingError: there is no such model, or one that cannot be used.
        """
        if spec.model_data_url is None:
            return self._made("none")
        with _explained(spec.model_data_url):
            objects = self._objects(spec, spec.model_data_url)
            place = self.folder / _digest(spec.model_data_url, spec.is_packed, spec.is_multi_model)
            target = place / _digest(*((each.uri, each.size_bytes, each.modified_at) for each in objects))
            while not target.is_dir() or not self.held.hold(target):
                self.held.release(target)
                self._fill(target, spec, objects, should_stop)
                self._remove_others(place, {target, *in_use})
        return target

    def fetch_target(self, spec: ContainerSpec, folder: Path, target_model: str) -> None:
        """Fetches one model of a multi-model container, if it is not in the folder yet."""
        url = spec.model_data_url
        if url is None:
            return
        with _explained(join(url) + "/" + target_model.lstrip("/")):
            path = folder / inner_path(target_model.lstrip("/"))
            if path.exists():
                return
            stored = _only(join(url, target_model))
            budget = Budget(self.limits, self.folder, lambda: False)
            with new_folder(self.folder) as partial:
                _copy(stored, partial / "model", budget)
                path.parent.mkdir(parents=True, exist_ok=True)
                (partial / "model").replace(path)

    def _made(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def _objects(self, spec: ContainerSpec, url: str) -> list[StoredObject]:
        if spec.is_packed and not spec.is_multi_model:
            return [_only(url)]
        objects = list(islice(list_objects(url, missing_ok=spec.is_multi_model), self.limits.n_files + 1))
        if len(objects) > self.limits.n_files:
            raise FormatError(f"it holds more than {self.limits.n_files:,} files")
        return objects

    def _fill(
        self, target: Path, spec: ContainerSpec, objects: list[StoredObject], should_stop: Callable[[], bool]
    ) -> None:
        """Makes the folder beside its place and moves it there when it is whole."""
        place = self._made(target.parent.name)
        with new_folder(place) as partial:
            budget = Budget(self.limits, partial, should_stop)
            if spec.is_packed and not spec.is_multi_model:
                with open_read(objects[0].uri) as archive:
                    unpack(archive, partial, budget)
            else:
                _copy_all(objects, partial, join(spec.model_data_url or ""), budget)
            try:
                partial.replace(target)
            except OSError:
                if not target.is_dir():  # else another process was faster
                    raise

    def _remove_others(self, place: Path, kept: Collection[Path]) -> None:
        """Earlier versions, and what killed servers had begun to fill."""
        begun = self.folder.glob(f"{PARTIAL}*")
        for folder in [*begun, *(each for each in place.iterdir() if each not in kept)]:
            self.held.remove(folder)


def _only(url: str) -> StoredObject:
    """The object of exactly this URL."""
    for found in list_objects(url):
        if found.uri == join(url):
            return found
        break
    raise NotFoundError(
        f"{url} is a folder; one file is needed here, such as {join(url, 'model.tar.gz')}", url
    )


def _copy_all(objects: list[StoredObject], folder: Path, root: str, budget: Budget) -> None:
    for stored in objects:
        name = stored.uri.removeprefix(root).lstrip("/") or PurePosixPath(root).name
        if not name.endswith("/"):  # an empty object that stands for a folder
            _copy(stored, folder / inner_path(name), budget)


def _copy(stored: StoredObject, path: Path, budget: Budget) -> None:
    budget.add_file(stored.size_bytes)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_read(stored.uri) as source, path.open("xb") as target:
        budget.copy(source, target)


def _digest(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()[:24]


@contextmanager
def _explained(url: str) -> Iterator[None]:
    try:
        yield
    except HostingError:
        raise
    except FormatError as error:
        raise HostingError("bad_model_data", f"the model {url} cannot be used: {error}") from error
    except LeeboardError as error:
        raise HostingError("no_model_data", f"the model {url} cannot be read: {error}") from error
    except OSError as error:
        raise HostingError(
            "bad_model_data", f"the model {url} cannot be unpacked: {error.strerror}"
        ) from error
