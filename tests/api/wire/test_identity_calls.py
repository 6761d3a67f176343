"""STS and IAM by boto3."""


def test_sts_says_the_account(server):
    found = server.client("sts").get_caller_identity()
    assert found["Account"] == "000000000000"
    assert found["Arn"] == "arn:aws:iam::000000000000:user/leeboard"


def test_iam_knows_every_role_with_its_trust(server):
    role = server.client("iam").get_role(RoleName="AmazonSageMaker-Role")["Role"]
    assert role["Arn"] == "arn:aws:iam::000000000000:role/AmazonSageMaker-Role"
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Action"] == "sts:AssumeRole"
