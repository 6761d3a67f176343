import json

import pytest

from leeboard.errors import FormatError, NotFoundError
from leeboard.hosting.mapping import ModelMap, ModelRoute, builtin_of, is_external

ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
URL = "http://127.0.0.1:8080"


def found(image: str, *patterns: str) -> str | None:
    route = ModelMap(tuple(ModelRoute(pattern, url=URL) for pattern in patterns)).find(image)
    return route.image if route else None


@pytest.mark.parametrize(
    ("pattern", "image"),
    [
        ("*/xgboost:*", f"{ECR}/xgboost:1.5-1"),
        ("*/xgboost", f"{ECR}/xgboost:1.5-1"),
        ("*/xgboost", f"{ECR}/xgboost@sha256:0a1b"),
        ("*/xgboost", f"{ECR}/xgboost:1.5@sha256:0a1b"),
        ("*/xgboost", f"{ECR}/xgboost"),
        ("*/xgboost:*", f"{ECR}/xgboost"),
        ("*/xgboost:1.*", f"{ECR}/xgboost:1.5-1"),
        ("localhost:5000/team/xgboost", "localhost:5000/team/xgboost:2"),
        ("*", "anything"),
    ],
)
def test_a_pattern_matches_with_and_without_tag(pattern, image):
    assert found(image, pattern) == pattern


@pytest.mark.parametrize(
    ("pattern", "image"),
    [
        ("*/xgboost:1.*", f"{ECR}/xgboost:2.0"),
        ("*/xgboost:1.*", f"{ECR}/xgboost"),
        ("*/xgboost", f"{ECR}/XGBoost:1"),
        ("*/xgboost", f"{ECR}/xgboost-extra:1"),
        ("xgboost", f"{ECR}/xgboost:1"),
        ("localhost:5000/xgboost:1", "localhost:5000/xgboost:2"),
    ],
)
def test_a_pattern_matches_nothing_else(pattern, image):
    assert found(image, pattern) is None


def test_the_first_route_that_matches_counts():
    patterns = ("*/sklearn", "*/xgboost:1.*", "*/xgboost", "*")
    assert found(f"{ECR}/xgboost:1.7", *patterns) == "*/xgboost:1.*"
    assert found(f"{ECR}/xgboost:2.0", *patterns) == "*/xgboost"
    assert found(f"{ECR}/other:2.0", *patterns) == "*"


def test_maps_are_merged_in_their_order():
    first, second = ModelMap((ModelRoute("*/a", url=URL),)), ModelMap((ModelRoute("*", command="serve"),))
    merged = ModelMap.merged(first, second)
    assert merged.find("x/a:1").url == URL
    assert merged.find("x/b:1").command == "serve"


def test_a_map_is_read_from_a_file(tmp_path):
    path = tmp_path / "models.json"
    path.write_text(json.dumps([{"image": "*/a", "url": URL}, {"image": "*", "command": "serve {port}"}]))
    assert ModelMap.read(path).routes == (ModelRoute("*/a", url=URL), ModelRoute("*", command="serve {port}"))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFoundError, match=r"models\.json"):
        ModelMap.read(tmp_path / "models.json")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "models.json is not JSON"),
        ('{"image": "*"}', "models.json holds an object where a list is needed"),
        ('[{"image": "*", "url": "http://a"}, 3]', "models.json, entry 2: a number where an object"),
        ('[{"url": "http://a"}]', 'entry 1: "image" is missing'),
        ('[{"image": " ", "url": "http://a"}]', 'entry 1: "image" is empty'),
        ('[{"image": "*"}]', 'entry 1: exactly one of "url" and "command"'),
        ('[{"image": "*", "url": "http://a", "command": "b"}]', 'exactly one of "url" and "command"'),
        ('[{"image": "*", "uri": "http://a"}]', 'unknown key "uri"; known are "image", "url"'),
        ('[{"image": "*", "url": 8080}]', '"url" is a number where a text is needed'),
        ('[{"image": "*", "url": "127.0.0.1:8080"}]', "it has to be like http://127.0.0.1:8080"),
        ('[{"image": "*", "url": "http://a:port"}]', "it has to be like http://127.0.0.1:8080"),
        ('[{"image": "*", "url": "http://[a"}]', "it has to be like http://127.0.0.1:8080"),
        ('[{"image": "*", "command": "a \'b"}]', '"command" cannot be cut into words'),
        ('[{"image": "*", "command": ""}]', '"command" is empty'),
    ],
)
def test_a_wrong_map_is_refused_with_file_entry_and_cause(text, said):
    with pytest.raises(FormatError) as caught:
        ModelMap.parse(text, "models.json")
    assert said in str(caught.value)


def test_a_wrong_url_is_refused_without_its_password():
    with pytest.raises(FormatError, match=r"ftp://\*\*\*@host/x") as caught:
        ModelRoute("*", url="ftp://me:secret@host/x")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "image",
    [
        f"{ECR}/sagemaker-model-monitor-analyzer",
        "registry.example.com:5000/mirror/sagemaker-model-monitor-analyzer:latest",
        "sagemaker-model-monitor-analyzer@sha256:0a1b",
    ],
)
def test_a_built_in_analyzer_is_known_whatever_the_registry(image):
    assert builtin_of(image) == "sagemaker-model-monitor-analyzer"


def test_other_images_are_not_built_in():
    assert builtin_of(f"{ECR}/my-sagemaker-model-monitor-analyzer") is None
    assert builtin_of(f"{ECR}/sagemaker-model-monitor-analyzer/own") is None


def test_the_image_of_models_served_elsewhere_is_known():
    assert is_external("leeboard-external:1")
    assert is_external(f"{ECR}/leeboard-external")
    assert not is_external("leeboard-external/a")
