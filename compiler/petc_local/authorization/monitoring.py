"""What watches a stage needs: logs, alarms, dashboards, trails, rules and traces."""

from __future__ import annotations

from collections.abc import Mapping

from petc_local.authorization.call_forms import REFERENCE, Needs, call, passes

_LOGS = (
    f"{REFERENCE}list_amazoncloudwatchlogs.html",
    # The ARN with `:*` behind it is the one in policies, save for tags.
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html",
)
_CLOUDWATCH = (f"{REFERENCE}list_amazoncloudwatch.html",)
_CLOUDTRAIL = (
    f"{REFERENCE}list_awscloudtrail.html",
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/security_iam_id-based-policy-examples.html",
)
_EVENTS = (f"{REFERENCE}list_amazoneventbridge.html",)
_XRAY = (f"{REFERENCE}list_awsx-ray.html",)

_NEW_GROUP = "logs:{here}:log-group:{new}"
_GROUP = "logs:{here}:log-group:{id}"
_ALARM = "cloudwatch:{here}:alarm:{id}"
_BOARD = "cloudwatch::{account}:dashboard/{id}"
_TRAIL = "cloudtrail:{here}:trail/{id|last}"
_NEW_TRAIL = "cloudtrail:{here}:trail/{new}"
_RULE = "events:{here}:rule/{id|last}"
_NEW_RULE = "events:{here}:rule/{new}"
_NEW_X_GROUP = "xray:{here}:group/{GroupName}/*"
_NEW_X_RULE = "xray:{here}:sampling-rule/{SamplingRule.RuleName}"
_OWN_X = "xray:{here}:{id}"

NEEDS: Mapping[str, Needs] = {
    "AWS::CloudTrail::Trail": Needs(
        _CLOUDTRAIL,
        create=(
            call("cloudtrail:CreateTrail", _NEW_TRAIL),
            call("cloudtrail:AddTags", _NEW_TRAIL, when="Tags"),
            call("cloudtrail:StartLogging", _TRAIL, when="IsLogging"),
            call("cloudtrail:PutEventSelectors", _TRAIL, when="EventSelectors AdvancedEventSelectors"),
        ),
        update=(
            call(
                "cloudtrail:UpdateTrail",
                _TRAIL,
                when="EnableLogFileValidation IncludeGlobalServiceEvents IsMultiRegionTrail KMSKeyId S3BucketName",
            ),
            call("cloudtrail:PutEventSelectors", _TRAIL, when="EventSelectors AdvancedEventSelectors"),
            call("cloudtrail:StartLogging", _TRAIL, when="IsLogging"),
            call("cloudtrail:StopLogging", _TRAIL, when="-IsLogging"),
            call("cloudtrail:AddTags", _TRAIL, when="Tags"),
            call("cloudtrail:RemoveTags", _TRAIL, when="-Tags"),
        ),
        delete=(call("cloudtrail:DeleteTrail", _TRAIL),),
        read=(
            call("cloudtrail:GetTrail", _TRAIL),
            call("cloudtrail:GetTrailStatus", _TRAIL),
            call("cloudtrail:GetEventSelectors", _TRAIL),
            call("cloudtrail:ListTags", _TRAIL),
        ),
        named=("TrailName", 128),
    ),
    "AWS::CloudWatch::Alarm": Needs(
        _CLOUDWATCH,
        create=(
            call("cloudwatch:PutMetricAlarm", "cloudwatch:{here}:alarm:{new}"),
            call("cloudwatch:TagResource", "cloudwatch:{here}:alarm:{new}", when="Tags"),
        ),
        update=(
            call("cloudwatch:PutMetricAlarm", _ALARM),
            call("cloudwatch:TagResource", _ALARM, when="Tags"),
            call("cloudwatch:UntagResource", _ALARM, when="-Tags"),
        ),
        delete=(call("cloudwatch:DeleteAlarms", _ALARM),),
        read=(
            call("cloudwatch:DescribeAlarms", _ALARM),
            call("cloudwatch:ListTagsForResource", _ALARM),
        ),
        named=("AlarmName", 255),
    ),
    "AWS::CloudWatch::Dashboard": Needs(
        _CLOUDWATCH,
        create=(
            call("cloudwatch:PutDashboard", "cloudwatch::{account}:dashboard/{new}"),
            call("cloudwatch:TagResource", "cloudwatch::{account}:dashboard/{new}", when="Tags"),
        ),
        update=(
            call("cloudwatch:PutDashboard", _BOARD, when="DashboardBody"),
            call("cloudwatch:TagResource", _BOARD, when="Tags"),
            call("cloudwatch:UntagResource", _BOARD, when="-Tags"),
        ),
        delete=(call("cloudwatch:DeleteDashboards", _BOARD),),
        read=(call("cloudwatch:GetDashboard", _BOARD),),
        named=("DashboardName", 255),
    ),
    "AWS::Events::Rule": Needs(
        _EVENTS,
        create=(
            call("events:PutRule", _NEW_RULE),
            call("events:TagResource", _NEW_RULE, when="Tags"),
            call("events:PutTargets", _RULE, when="Targets"),
            passes("RoleArn", "events.amazonaws.com"),
            passes("Targets.RoleArn", "events.amazonaws.com"),
        ),
        update=(
            call("events:PutRule", _RULE, when="Description EventPattern ScheduleExpression State"),
            call("events:PutTargets", _RULE, when="Targets"),
            call("events:RemoveTargets", _RULE, when="-Targets"),
            call("events:TagResource", _RULE, when="Tags"),
            call("events:UntagResource", _RULE, when="-Tags"),
        ),
        delete=(call("events:RemoveTargets", _RULE, when="Targets"), call("events:DeleteRule", _RULE)),
        read=(call("events:DescribeRule", _RULE), call("events:ListTargetsByRule", _RULE)),
        named=("Name", 64),
    ),
    "AWS::Logs::LogGroup": Needs(
        _LOGS,
        create=(
            call("logs:CreateLogGroup", f"{_NEW_GROUP}:*"),
            call("logs:TagResource", _NEW_GROUP, when="Tags"),
            call("logs:PutRetentionPolicy", f"{_GROUP}:*", when="RetentionInDays"),
        ),
        update=(
            call("logs:PutRetentionPolicy", f"{_GROUP}:*", when="RetentionInDays"),
            call("logs:DeleteRetentionPolicy", f"{_GROUP}:*", when="-RetentionInDays"),
            call("logs:AssociateKmsKey", f"{_GROUP}:*", when="KmsKeyId"),
            call("logs:DisassociateKmsKey", f"{_GROUP}:*", when="-KmsKeyId"),
            call("logs:TagResource", _GROUP, when="Tags"),
            call("logs:UntagResource", _GROUP, when="-Tags"),
        ),
        delete=(call("logs:DeleteLogGroup", f"{_GROUP}:*"),),
        read=(call("logs:DescribeLogGroups"), call("logs:ListTagsForResource", _GROUP)),
        named=("LogGroupName", 512),
    ),
    "AWS::Logs::ResourcePolicy": Needs(
        _LOGS,
        create=(call("logs:PutResourcePolicy"),),
        update=(call("logs:PutResourcePolicy"),),
        delete=(call("logs:DeleteResourcePolicy"),),
        read=(call("logs:DescribeResourcePolicies"),),
    ),
    "AWS::XRay::Group": Needs(
        _XRAY,
        create=(call("xray:CreateGroup", _NEW_X_GROUP), call("xray:TagResource", _NEW_X_GROUP, when="Tags")),
        update=(
            call("xray:UpdateGroup", _OWN_X, when="FilterExpression InsightsConfiguration"),
            call("xray:TagResource", _OWN_X, when="Tags"),
            call("xray:UntagResource", _OWN_X, when="-Tags"),
        ),
        delete=(call("xray:DeleteGroup", _OWN_X),),
        read=(call("xray:GetGroup", _OWN_X), call("xray:ListTagsForResource", _OWN_X)),
    ),
    "AWS::XRay::SamplingRule": Needs(
        _XRAY,
        create=(
            call("xray:CreateSamplingRule", _NEW_X_RULE),
            call("xray:TagResource", _NEW_X_RULE, when="Tags"),
        ),
        update=(
            call("xray:UpdateSamplingRule", _OWN_X, when="SamplingRule"),
            call("xray:TagResource", _OWN_X, when="Tags"),
            call("xray:UntagResource", _OWN_X, when="-Tags"),
        ),
        delete=(call("xray:DeleteSamplingRule", _OWN_X),),
        read=(call("xray:GetSamplingRules"), call("xray:ListTagsForResource", _OWN_X)),
    ),
}
"""The types that watch."""
