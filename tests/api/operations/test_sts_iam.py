"""STS and IAM, called without a server around them; the wire's tests call them by boto3."""

import json
from datetime import UTC, datetime
from urllib.parse import unquote

from leeboard.api.operations import OPERATIONS, operation_names
from leeboard.api.operations.iam import get_role
from leeboard.api.operations.sts import get_caller_identity
from leeboard.api.wire import Call, Caller

CALLER = Caller("AKID", "123456789012", "us-east-1")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_who_asks_is_a_user_of_the_account():
    call = Call("sts", "GetCallerIdentity", {}, None, CALLER, NOW)
    assert get_caller_identity(call) == {
        "UserId": "AKID",
        "Account": "123456789012",
        "Arn": "arn:aws:iam::123456789012:user/leeboard",
    }


def test_a_role_of_any_name_is_there_for_sagemaker():
    role = get_role(Call("iam", "GetRole", {"RoleName": "Mine"}, None, CALLER, NOW))["Role"]
    trust = json.loads(unquote(role["AssumeRolePolicyDocument"]))
    assert role["Arn"] == "arn:aws:iam::123456789012:role/Mine"
    assert trust["Statement"][0]["Principal"] == {"Service": "sagemaker.amazonaws.com"}


def test_the_answered_operations_are_listed_by_service():
    names = operation_names()
    assert {"callers", "roles"} <= set(OPERATIONS.names())
    assert names["sts"] == ["GetCallerIdentity"]
    assert names["iam"] == ["GetRole", "SimulatePrincipalPolicy"]


def test_a_role_may_do_everything(live):
    answer = live.client("iam").simulate_principal_policy(
        PolicySourceArn="arn:aws:iam::000000000000:role/Mine",
        ActionNames=["sagemaker:CreateModel", "s3:GetObject"],
    )
    told = {each["EvalActionName"]: each["EvalDecision"] for each in answer["EvaluationResults"]}
    assert told == {"sagemaker:CreateModel": "allowed", "s3:GetObject": "allowed"}
    assert not answer["IsTruncated"]
