"""What networks need: EC2.

Of the resources that a page of the Service Authorization Reference marks as required all are asked for, and of the
others those that the resource names.
"""

from __future__ import annotations

from collections.abc import Mapping

from petc_local.authorization.call_forms import REFERENCE, Needs, RequiredCall, call, passes

_EC2 = (
    f"{REFERENCE}list_amazonec2.html",
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html",
)
_VPC = "ec2:{here}:vpc/{VpcId}"
_GROUP_RULES = "ec2:{here}:security-group-rule/*"
_FLOW_LOGS = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html"
_LATTICE = "https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html"


def _made(kind: str, action: str, *beside: str) -> tuple[RequiredCall, ...]:
    """Return creation and, with tags, tagging in the same call, for which EC2 asks besides."""
    new, verb = f"ec2:{{here}}:{kind}/{{new}}", action.partition(":")[2]
    return (
        call(action, new, *beside),
        call("ec2:CreateTags", new, when="Tags", keys={"ec2:CreateAction": verb}),
    )


def _tagged(kind: str) -> tuple[RequiredCall, ...]:
    own = f"ec2:{{here}}:{kind}/{{id}}"
    return call("ec2:CreateTags", own, when="Tags"), call("ec2:DeleteTags", own, when="-Tags")


def _one(kind: str, name: str, read: str) -> Needs:
    """Return what a thing takes that only is made, tagged and deleted."""
    own = f"ec2:{{here}}:{kind}/{{id}}"
    return Needs(
        _EC2,
        create=_made(kind, f"ec2:Create{name}", _VPC),
        update=_tagged(kind),
        delete=(call(f"ec2:Delete{name}", own),),
        read=(call(f"ec2:{read}"),),
    )


def _rule(direction: str) -> Needs:
    group = "ec2:{here}:security-group/{GroupId}"
    return Needs(
        _EC2,
        create=(call(f"ec2:AuthorizeSecurityGroup{direction}", group, _GROUP_RULES),),
        update=(call(f"ec2:UpdateSecurityGroupRuleDescriptions{direction}", group, when="Description"),),
        delete=(call(f"ec2:RevokeSecurityGroup{direction}", group),),
        read=(call("ec2:DescribeSecurityGroupRules"),),
    )


_SUBNET = "ec2:{here}:subnet/{SubnetId}"
_TABLE = "ec2:{here}:route-table/{RouteTableId}"
_ACL = "ec2:{here}:network-acl/{NetworkAclId}"
_OWN_GROUP = "ec2:{here}:security-group/{id}"
_OWN_ENDPOINT = "ec2:{here}:vpc-endpoint/{id}"
_ENDPOINT_PLACES = (
    "ec2:{here}:subnet/{SubnetIds}",
    "ec2:{here}:security-group/{SecurityGroupIds}",
    "ec2:{here}:route-table/{RouteTableIds}",
)
_GATEWAY = ("ec2:{here}:internet-gateway/{InternetGatewayId}", _VPC)

NEEDS: Mapping[str, Needs] = {
    "AWS::EC2::EIP": Needs(
        _EC2,
        create=_made("elastic-ip", "ec2:AllocateAddress"),
        update=_tagged("elastic-ip"),
        delete=(call("ec2:ReleaseAddress", "ec2:{here}:elastic-ip/{id}"),),
        read=(call("ec2:DescribeAddresses"),),
    ),
    "AWS::EC2::FlowLog": Needs(
        (*_EC2, _FLOW_LOGS),
        create=(
            *_made("vpc-flow-log", "ec2:CreateFlowLogs", "ec2:{here}:vpc/{ResourceId}"),
            passes("DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),
        ),
        update=_tagged("vpc-flow-log"),
        delete=(call("ec2:DeleteFlowLogs", "ec2:{here}:vpc-flow-log/{id}"),),
        read=(call("ec2:DescribeFlowLogs"),),
    ),
    "AWS::EC2::InternetGateway": Needs(
        _EC2,
        create=_made("internet-gateway", "ec2:CreateInternetGateway"),
        update=_tagged("internet-gateway"),
        delete=(call("ec2:DeleteInternetGateway", "ec2:{here}:internet-gateway/{id}"),),
        read=(call("ec2:DescribeInternetGateways"),),
    ),
    "AWS::EC2::NatGateway": Needs(
        _EC2,
        create=_made("natgateway", "ec2:CreateNatGateway", _SUBNET, "ec2:{here}:elastic-ip/{AllocationId}"),
        update=_tagged("natgateway"),
        delete=(call("ec2:DeleteNatGateway", "ec2:{here}:natgateway/{id}"),),
        read=(call("ec2:DescribeNatGateways"),),
    ),
    "AWS::EC2::NetworkAcl": _one("network-acl", "NetworkAcl", "DescribeNetworkAcls"),
    "AWS::EC2::NetworkAclEntry": Needs(
        _EC2,
        create=(call("ec2:CreateNetworkAclEntry", _ACL),),
        update=(call("ec2:ReplaceNetworkAclEntry", _ACL),),
        delete=(call("ec2:DeleteNetworkAclEntry", _ACL),),
        read=(call("ec2:DescribeNetworkAcls"),),
    ),
    "AWS::EC2::Route": Needs(
        _EC2,
        create=(call("ec2:CreateRoute", _TABLE),),
        update=(call("ec2:ReplaceRoute", _TABLE),),
        delete=(call("ec2:DeleteRoute", _TABLE),),
        read=(call("ec2:DescribeRouteTables"),),
    ),
    "AWS::EC2::RouteTable": _one("route-table", "RouteTable", "DescribeRouteTables"),
    "AWS::EC2::SecurityGroup": Needs(
        _EC2,
        create=(
            *_made("security-group", "ec2:CreateSecurityGroup", _VPC),
            # Properties with rules of their own replace the rule to everywhere that EC2 makes with a group.
            call("ec2:AuthorizeSecurityGroupEgress", _OWN_GROUP, _GROUP_RULES, when="SecurityGroupEgress"),
            call("ec2:RevokeSecurityGroupEgress", _OWN_GROUP, when="SecurityGroupEgress"),
            call("ec2:AuthorizeSecurityGroupIngress", _OWN_GROUP, _GROUP_RULES, when="SecurityGroupIngress"),
        ),
        update=(
            *_tagged("security-group"),
            call("ec2:AuthorizeSecurityGroupEgress", _OWN_GROUP, _GROUP_RULES, when="SecurityGroupEgress"),
            call("ec2:RevokeSecurityGroupEgress", _OWN_GROUP, when="SecurityGroupEgress"),
            call("ec2:AuthorizeSecurityGroupIngress", _OWN_GROUP, _GROUP_RULES, when="SecurityGroupIngress"),
            call("ec2:RevokeSecurityGroupIngress", _OWN_GROUP, when="SecurityGroupIngress"),
        ),
        delete=(call("ec2:DeleteSecurityGroup", _OWN_GROUP),),
        read=(call("ec2:DescribeSecurityGroups"),),
    ),
    "AWS::EC2::SecurityGroupEgress": _rule("Egress"),
    "AWS::EC2::SecurityGroupIngress": _rule("Ingress"),
    "AWS::EC2::Subnet": Needs(
        _EC2,
        create=(
            *_made("subnet", "ec2:CreateSubnet", _VPC),
            call("ec2:ModifySubnetAttribute", "ec2:{here}:subnet/{id}", when="MapPublicIpOnLaunch"),
        ),
        update=(
            *_tagged("subnet"),
            call("ec2:ModifySubnetAttribute", "ec2:{here}:subnet/{id}", when="MapPublicIpOnLaunch"),
        ),
        delete=(call("ec2:DeleteSubnet", "ec2:{here}:subnet/{id}"),),
        read=(call("ec2:DescribeSubnets"),),
    ),
    "AWS::EC2::SubnetNetworkAclAssociation": Needs(
        _EC2,
        create=(call("ec2:ReplaceNetworkAclAssociation", _ACL, _SUBNET),),
        update=(call("ec2:ReplaceNetworkAclAssociation", _ACL, _SUBNET),),
        # The subnet goes back to the network ACL that came with the VPC, which carries no tags.
        delete=(call("ec2:ReplaceNetworkAclAssociation", "ec2:{here}:network-acl/*", _SUBNET),),
        read=(call("ec2:DescribeNetworkAcls"),),
    ),
    "AWS::EC2::SubnetRouteTableAssociation": Needs(
        _EC2,
        create=(call("ec2:AssociateRouteTable", _TABLE, _SUBNET),),
        update=(call("ec2:ReplaceRouteTableAssociation", _TABLE, _SUBNET),),
        delete=(call("ec2:DisassociateRouteTable", _TABLE, _SUBNET),),
        read=(call("ec2:DescribeRouteTables"),),
    ),
    "AWS::EC2::VPC": Needs(
        _EC2,
        create=(
            *_made("vpc", "ec2:CreateVpc"),
            call("ec2:ModifyVpcAttribute", "ec2:{here}:vpc/{id}", when="EnableDnsHostnames EnableDnsSupport"),
        ),
        update=(
            *_tagged("vpc"),
            call("ec2:ModifyVpcAttribute", "ec2:{here}:vpc/{id}", when="EnableDnsHostnames EnableDnsSupport"),
        ),
        delete=(call("ec2:DeleteVpc", "ec2:{here}:vpc/{id}"),),
        read=(
            call("ec2:DescribeVpcs"),
            call("ec2:DescribeVpcAttribute", "ec2:{here}:vpc/{id}"),
            call("ec2:DescribeSecurityGroups"),
            call("ec2:DescribeNetworkAcls"),
        ),
    ),
    "AWS::EC2::VPCEndpoint": Needs(
        (*_EC2, _LATTICE),
        # CreateVpcEndpoint, dependent actions. Route 53 is asked for endpoints with private DNS; the zone is AWS's own.
        create=(
            *_made("vpc-endpoint", "ec2:CreateVpcEndpoint", _VPC, *_ENDPOINT_PLACES),
            call("ec2:DescribeVpcs"),
            call("ec2:DescribeSubnets", when="SubnetIds"),
            call("ec2:DescribeSecurityGroups", when="SecurityGroupIds"),
            call("route53:AssociateVPCWithHostedZone", "route53:::hostedzone/*", when="PrivateDnsEnabled"),
        ),
        update=(
            *_tagged("vpc-endpoint"),
            call(
                "ec2:ModifyVpcEndpoint",
                _OWN_ENDPOINT,
                *_ENDPOINT_PLACES,
                when="PolicyDocument PrivateDnsEnabled RouteTableIds SecurityGroupIds SubnetIds",
            ),
            call("route53:AssociateVPCWithHostedZone", "route53:::hostedzone/*", when="PrivateDnsEnabled"),
        ),
        delete=(call("ec2:DeleteVpcEndpoints", _OWN_ENDPOINT),),
        read=(call("ec2:DescribeVpcEndpoints"),),
    ),
    "AWS::EC2::VPCGatewayAttachment": Needs(
        _EC2,
        create=(call("ec2:AttachInternetGateway", *_GATEWAY),),
        update=(call("ec2:AttachInternetGateway", *_GATEWAY), call("ec2:DetachInternetGateway", *_GATEWAY)),
        delete=(call("ec2:DetachInternetGateway", *_GATEWAY),),
        read=(call("ec2:DescribeInternetGateways"),),
    ),
}
"""The types of EC2."""
