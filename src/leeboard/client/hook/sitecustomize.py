"""Start-up hook of `leeboard run`: STS at AWS's own address is asked at AWS_ENDPOINT_URL instead.

The SageMaker SDKs pass their STS clients an address of AWS, past every setting. Nothing else is changed. This
file runs in the user's interpreter, whichever it is, so it needs the standard library alone, and a fault here
is not the user's: the program then runs without the hook.
"""

from __future__ import annotations  # this file must run on Python 3.8

import os
import re
import sys

TYPE_CHECKING = False  # the module typing is slow to import, and unwanted here
if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

AWS_STS = re.compile(r"https://sts(-fips)?(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?/?$")
ENDPOINT_PLACE = 5  # of endpoint_url among the positional arguments of create_client


def own_endpoint() -> str | None:
    """Where this environment has STS; None if that is AWS."""
    return os.environ.get("AWS_ENDPOINT_URL_STS") or os.environ.get("AWS_ENDPOINT_URL")


def redirected(service: str, endpoint: Any) -> Any:
    """The address to use for what a program asked for."""
    if service == "sts" and isinstance(endpoint, str) and AWS_STS.match(endpoint):
        return own_endpoint() or endpoint
    return endpoint


def wrap(module: Any) -> None:
    """Make botocore's sessions ask the own endpoint for STS."""
    create_client = module.Session.create_client

    def create_client_here(self: Any, service_name: str, *args: Any, **kwargs: Any) -> Any:
        if "endpoint_url" in kwargs:
            kwargs["endpoint_url"] = redirected(service_name, kwargs["endpoint_url"])
        elif len(args) >= ENDPOINT_PLACE:
            place = ENDPOINT_PLACE - 1
            args = (*args[:place], redirected(service_name, args[place]), *args[place + 1 :])
        return create_client(self, service_name, *args, **kwargs)

    create_client_here.__doc__ = create_client.__doc__
    create_client_here.__dict__["__wrapped__"] = create_client  # its signature stays what it was
    module.Session.create_client = create_client_here


def told(deed: Callable[..., None], *args: Any) -> None:
    """Do it; a failure is one line on standard error."""
    try:
        deed(*args)
    except Exception as error:
        sys.stderr.write(f"leeboard run: the start-up hook does nothing here: {error!r}\n")


class SessionFinder:
    """Stands before the other finders, and waits for botocore's session module."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The other finders' answer, made to wrap the module once it is loaded."""
        if name != "botocore.session":
            return None
        sys.meta_path.remove(self)
        from importlib.util import find_spec

        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            told(self.watch, spec.loader)
        return spec

    def watch(self, loader: Any) -> None:
        """Have the loader wrap what it loads."""
        load = loader.exec_module

        def load_and_wrap(module: ModuleType) -> None:
            load(module)
            if module.__name__ == "botocore.session":
                told(wrap, module)

        loader.exec_module = load_and_wrap


def install() -> None:
    """Wait for botocore, or wrap it at once where something imported it before."""
    if "botocore.session" in sys.modules:
        wrap(sys.modules["botocore.session"])
    else:
        sys.meta_path.insert(0, SessionFinder())


def run_next() -> None:
    """Run the sitecustomize that this one stands in front of, as Python itself would have."""
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    here = os.path.dirname(os.path.abspath(__file__))
    others = [folder for folder in sys.path if os.path.abspath(folder or ".") != here]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


if __name__ in ("sitecustomize", "leeboard_hook"):  # the second: in a notebook, which has started already
    told(install)
if __name__ == "sitecustomize":
    run_next()
