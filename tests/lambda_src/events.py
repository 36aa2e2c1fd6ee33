"""Events as AWS sends them, whole: what the services' documentation shows, with the values of a test."""

from __future__ import annotations

import json
from datetime import UTC, datetime

ACCOUNT = "123456789012"
REGION = "us-west-2"


def rest_request(
    method: str, path: str, body: str | None = None, *, base64: bool = False, resource: str = "/{proxy+}"
) -> dict[str, object]:
    """A REST API's request; API Gateway Developer Guide, "Input format of a Lambda function for proxy"."""
    headers = {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "Host": "abc123.execute-api.us-west-2.amazonaws.com",
        "User-Agent": "Mozilla/5.0",
        "X-Amzn-Trace-Id": "Root=1-6564f3a0-0123456789abcdef01234567",
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.rsplit("/", 1)[-1]},
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "abc123",
            "domainName": "abc123.execute-api.us-west-2.amazonaws.com",
            "extendedRequestId": "e-1=",
            "httpMethod": method,
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "Mozilla/5.0", "accessKey": None},
            "path": f"/v1{path}",
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTime": "25/Nov/2026:10:00:00 +0000",
            "requestTimeEpoch": 1795600800000,
            "resourceId": "123456",
            "resourcePath": resource,
            "stage": "v1",
        },
        "body": body,
        "isBase64Encoded": base64,
    }


def sns(*messages: str, subject: str | None = None) -> dict[str, object]:
    """A topic's delivery; AWS Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS"."""
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": f"{topic}:21be56ed-a058-49f5-8c98-aedd2564c486",
                "Sns": {
                    "Type": "Notification",
                    "MessageId": f"95df01b4-ee98-5cb9-9903-4c221d41eb{number:02}",
                    "TopicArn": topic,
                    "Subject": subject,
                    "Message": message,
                    "Timestamp": "2026-11-25T10:00:00.000Z",
                    "SignatureVersion": "1",
                    "Signature": "EXAMPLE",
                    "SigningCertUrl": "https://sns.us-west-2.amazonaws.com/SimpleNotificationService.pem",
                    "UnsubscribeUrl": "https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe",
                    "MessageAttributes": {},
                },
            }
            for number, message in enumerate(messages)
        ]
    }


def relabelled(secret: str, at: datetime, label: str = "AWSCURRENT") -> dict[str, object]:
    """A secret's new value by Secrets Manager's own event; User Guide, "Secret Label Updated event"."""
    return {
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703460001",
        "detail-type": "Secret Label Updated",
        "source": "aws.secretsmanager",
        "account": ACCOUNT,
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [secret],
        "detail": {"name": "rds!cluster-1", "labelUpdated": label, "versionId": "a1b2c3d4-0001"},
    }


def rotation(secret: str, at: datetime, name: str = "RotationSucceeded") -> dict[str, object]:
    """A secret's rotation by way of CloudTrail; Secrets Manager User Guide, "Match events with EventBridge"."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "version": "0",
        "id": "d3d1d6b5-6a8c-4f9e-a7d4-1c2f0a9b0001",
        "detail-type": "AWS Service Event via CloudTrail",
        "source": "aws.secretsmanager",
        "account": ACCOUNT,
        "time": moment,
        "region": REGION,
        "resources": [],
        "detail": {
            "eventVersion": "1.08",
            "userIdentity": {"accountId": ACCOUNT, "invokedBy": "secretsmanager.amazonaws.com"},
            "eventTime": moment,
            "eventSource": "secretsmanager.amazonaws.com",
            "eventName": name,
            "awsRegion": REGION,
            "sourceIPAddress": "secretsmanager.amazonaws.com",
            "userAgent": "secretsmanager.amazonaws.com",
            "requestParameters": None,
            "responseElements": None,
            "additionalEventData": {"SecretId": secret},
            "eventID": "f9b1d7a0-1111-4444-8888-000000000001",
            "readOnly": False,
            "eventType": "AwsServiceEvent",
            "managementEvent": True,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        },
    }


def s3_test() -> dict[str, object]:
    """What S3 sends when notifications are set up; Amazon S3 User Guide, "Event notification types"."""
    return {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": "2026-11-25T10:00:00.000Z",
        "Bucket": "some-bucket",
        "RequestId": "5582815E1AEA5ADF",
        "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE",
    }


def schedule() -> dict[str, object]:
    """A scheduled event; Amazon EventBridge User Guide, "Events from AWS services"."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": "2026-11-25T10:00:00Z",
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/some-rule"],
        "detail": {},
    }


def alarm(name: str = "customers-cpu") -> str:
    """An alarm's message; Amazon CloudWatch User Guide, "Notify users on alarm changes"."""
    return json.dumps(
        {
            "AlarmName": name,
            "AlarmDescription": "Tasks are busy.",
            "AWSAccountId": ACCOUNT,
            "AlarmConfigurationUpdatedTimestamp": "2026-11-20T10:00:00.000+0000",
            "NewStateValue": "ALARM",
            "NewStateReason": "Threshold Crossed: 2 datapoints were greater than the threshold (80.0).",
            "StateChangeTime": "2026-11-25T10:00:00.000+0000",
            "Region": "US West (Oregon)",
            "AlarmArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}",
            "OldStateValue": "OK",
            "OKActions": [],
            "AlarmActions": [f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"],
            "InsufficientDataActions": [],
            "Trigger": {
                "MetricName": "CPUUtilization",
                "Namespace": "AWS/ECS",
                "StatisticType": "Statistic",
                "Statistic": "AVERAGE",
                "Unit": None,
                "Dimensions": [{"value": "customers", "name": "ServiceName"}],
                "Period": 300,
                "EvaluationPeriods": 2,
                "DatapointsToAlarm": 2,
                "ComparisonOperator": "GreaterThanThreshold",
                "Threshold": 80.0,
                "TreatMissingData": "missing",
                "EvaluateLowSampleCountPercentile": "",
            },
        }
    )
