// The same architecture as spec/petclinic.yaml (stage dev) in CDK's own constructs: twelve stacks, one for
// each layer. Written to be measured, not deployed: `python -m bench` times `cdk synth` of it.
"use strict";

const path = require("node:path");
const cdk = require("aws-cdk-lib");
const apigateway = require("aws-cdk-lib/aws-apigateway");
const cloudfront = require("aws-cdk-lib/aws-cloudfront");
const origins = require("aws-cdk-lib/aws-cloudfront-origins");
const cloudtrail = require("aws-cdk-lib/aws-cloudtrail");
const cloudwatch = require("aws-cdk-lib/aws-cloudwatch");
const actions = require("aws-cdk-lib/aws-cloudwatch-actions");
const ec2 = require("aws-cdk-lib/aws-ec2");
const ecr = require("aws-cdk-lib/aws-ecr");
const ecs = require("aws-cdk-lib/aws-ecs");
const elbv2 = require("aws-cdk-lib/aws-elasticloadbalancingv2");
const events = require("aws-cdk-lib/aws-events");
const eventTargets = require("aws-cdk-lib/aws-events-targets");
const iam = require("aws-cdk-lib/aws-iam");
const kms = require("aws-cdk-lib/aws-kms");
const lambda = require("aws-cdk-lib/aws-lambda");
const logs = require("aws-cdk-lib/aws-logs");
const rds = require("aws-cdk-lib/aws-rds");
const s3 = require("aws-cdk-lib/aws-s3");
const discovery = require("aws-cdk-lib/aws-servicediscovery");
const sns = require("aws-cdk-lib/aws-sns");
const subscriptions = require("aws-cdk-lib/aws-sns-subscriptions");
const sqs = require("aws-cdk-lib/aws-sqs");
const ssm = require("aws-cdk-lib/aws-ssm");
const wafv2 = require("aws-cdk-lib/aws-wafv2");

const SERVICES = {
  "customers-service": { paths: ["/api/customers*", "/api/customer*"], port: 8080, database: true },
  "vets-service": { paths: ["/api/vets*", "/api/vet*"], port: 8080, database: true },
  "visits-service": { paths: ["/api/visits*", "/api/visit*"], port: 8080, database: true },
  "admin-server": { paths: ["/admin*"], port: 9090, database: false },
};
const SOURCES = path.join(__dirname, "..", "..", "lambda_src");
const SETTINGS = ["server.port", "datasource.url", "datasource.pool", "discovery.url", "logging.level", "tracing.rate"];

const app = new cdk.App();
const stack = (name) => {
  // With the region, because access logs of a load balancer ask for it; without the account, so nothing is looked up.
  const made = new cdk.Stack(app, `petclinic-dev-${name}`, { env: { region: "us-west-2" } });
  cdk.Tags.of(made).add("project", "petclinic");
  cdk.Tags.of(made).add("stage", "dev");
  cdk.Tags.of(made).add("layer", name);
  return made;
};
const pascal = (name) => name.split(/[-.]/).map((word) => word[0].toUpperCase() + word.slice(1)).join("");

// 01 network
const network = stack("01-network");
const vpc = new ec2.Vpc(network, "Vpc", {
  ipAddresses: ec2.IpAddresses.cidr("10.0.0.0/16"),
  maxAzs: 2,
  natGateways: 2,
  subnetConfiguration: [
    { name: "public", subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24 },
    { name: "app", subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 24 },
    { name: "database", subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
  ],
  flowLogs: { all: { destination: ec2.FlowLogDestination.toCloudWatchLogs() } },
});
vpc.addGatewayEndpoint("S3", { service: ec2.GatewayVpcEndpointAwsService.S3 });
const ENDPOINTS = ["ECR", "ECR_DOCKER", "CLOUDWATCH_LOGS", "SSM", "SECRETS_MANAGER", "KMS", "XRAY"];

// 02 security
const security = stack("02-security");
const key = new kms.Key(security, "Key", { enableKeyRotation: true });
key.grantEncryptDecrypt(new iam.ServicePrincipal(`logs.${security.region}.amazonaws.com`));
const group = (name) =>
  new ec2.SecurityGroup(security, `${pascal(name)}Group`, { vpc, allowAllOutbound: false, description: name });
const balancerGroup = group("balancer");
const databaseGroup = group("database");
const functionGroup = group("genai");
const endpointGroup = group("endpoints");
balancerGroup.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(80));
const serviceGroups = {};
for (const [name, service] of Object.entries(SERVICES)) {
  const made = (serviceGroups[name] = group(name));
  made.addIngressRule(balancerGroup, ec2.Port.tcp(service.port));
  balancerGroup.addEgressRule(made, ec2.Port.tcp(service.port));
  made.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443));
  endpointGroup.addIngressRule(made, ec2.Port.tcp(443));
  if (service.database) {
    made.addEgressRule(databaseGroup, ec2.Port.tcp(3306));
    databaseGroup.addIngressRule(made, ec2.Port.tcp(3306));
  }
}
for (const name of Object.keys(SERVICES).filter((name) => name !== "admin-server")) {
  serviceGroups["admin-server"].addEgressRule(serviceGroups[name], ec2.Port.tcp(8080));
  serviceGroups[name].addIngressRule(serviceGroups["admin-server"], ec2.Port.tcp(8080));
}
functionGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443));
functionGroup.addEgressRule(databaseGroup, ec2.Port.tcp(3306));
databaseGroup.addIngressRule(functionGroup, ec2.Port.tcp(3306));
for (const service of ENDPOINTS) {
  new ec2.InterfaceVpcEndpoint(security, `${service}Endpoint`, {
    vpc,
    service: ec2.InterfaceVpcEndpointAwsService[service],
    securityGroups: [endpointGroup],
    subnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    open: false,
  });
}
for (const [tier, subnetType] of Object.entries({
  public: ec2.SubnetType.PUBLIC,
  app: ec2.SubnetType.PRIVATE_WITH_EGRESS,
  database: ec2.SubnetType.PRIVATE_ISOLATED,
})) {
  const acl = new ec2.NetworkAcl(security, `${pascal(tier)}Acl`, { vpc, subnetSelection: { subnetType } });
  for (const [number, port] of [80, 443, 3306, 8080, 9090].entries()) {
    for (const direction of [ec2.TrafficDirection.INGRESS, ec2.TrafficDirection.EGRESS]) {
      acl.addEntry(`Allow${port}${direction}`, {
        cidr: tier === "public" ? ec2.AclCidr.anyIpv4() : ec2.AclCidr.ipv4("10.0.0.0/16"),
        ruleNumber: 100 + number,
        traffic: ec2.AclTraffic.tcpPort(port),
        direction,
      });
    }
  }
}
const taskRoles = {};
const executionRoles = {};
for (const name of Object.keys(SERVICES)) {
  const assumedBy = new iam.ServicePrincipal("ecs-tasks.amazonaws.com");
  taskRoles[name] = new iam.Role(security, `${pascal(name)}TaskRole`, { assumedBy });
  executionRoles[name] = new iam.Role(security, `${pascal(name)}ExecutionRole`, { assumedBy });
}

// 03 database
const database = stack("03-database");
const cluster = new rds.DatabaseCluster(database, "Cluster", {
  engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_08_0 }),
  vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
  // Closed to further rules: the rotation would add one to layer 02 that names this layer's port, a circle.
  securityGroups: [
    ec2.SecurityGroup.fromSecurityGroupId(database, "Group", databaseGroup.securityGroupId, { mutable: false }),
  ],
  serverlessV2MinCapacity: 0.5,
  serverlessV2MaxCapacity: 1,
  writer: rds.ClusterInstance.serverlessV2("writer"),
  readers: [rds.ClusterInstance.serverlessV2("reader", { scaleWithWriter: true })],
  backup: { retention: cdk.Duration.days(7) },
  storageEncrypted: true,
  storageEncryptionKey: key,
  defaultDatabaseName: "petclinic",
  cloudwatchLogsExports: ["error", "slowquery"],
});
cluster.addRotationSingleUser({ automaticallyAfter: cdk.Duration.days(30) });

// 04 parameter store
const store = stack("04-parameter-store");
for (const name of Object.keys(SERVICES)) {
  for (const setting of SETTINGS) {
    const parameter = new ssm.StringParameter(store, pascal(`${name}-${setting}`), {
      parameterName: `/petclinic/dev/${name}/${setting}`,
      stringValue: `${name} ${setting}`,
    });
    parameter.grantRead(taskRoles[name].withoutPolicyUpdates());
    new iam.Policy(store, `${pascal(`${name}-${setting}`)}Read`, {
      roles: [taskRoles[name]],
      statements: [new iam.PolicyStatement({ actions: ["ssm:GetParameter"], resources: [parameter.parameterArn] })],
    });
  }
}

// 05 cloud map
const cloudMap = stack("05-cloud-map");
const namespace = new discovery.PrivateDnsNamespace(cloudMap, "Namespace", { name: "petclinic.local", vpc });
const registrations = {};
for (const name of Object.keys(SERVICES)) {
  registrations[name] = namespace.createService(pascal(name), {
    name,
    dnsRecordType: discovery.DnsRecordType.A,
    dnsTtl: cdk.Duration.seconds(10),
  });
}

// 06 function
const functions = stack("06-lambda-genai");
const genai = new lambda.Function(functions, "Genai", {
  functionName: "petclinic-dev-genai",
  runtime: lambda.Runtime.PYTHON_3_13,
  handler: "handler.handler",
  code: lambda.Code.fromAsset(path.join(SOURCES, "genai")),
  vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
  securityGroups: [functionGroup],
  memorySize: 512,
  timeout: cdk.Duration.seconds(29),
  tracing: lambda.Tracing.ACTIVE,
  logGroup: new logs.LogGroup(functions, "GenaiLogs", { retention: logs.RetentionDays.ONE_MONTH }),
  environment: { DATABASE_HOST: cluster.clusterEndpoint.hostname, DATABASE_SECRET: cluster.secret.secretArn },
});
cluster.secret.grantRead(genai);
genai.addToRolePolicy(
  new iam.PolicyStatement({
    actions: ["bedrock:InvokeModel"],
    resources: [`arn:${cdk.Aws.PARTITION}:bedrock:*::foundation-model/anthropic.claude-3-haiku-20240307-v1:0`],
  }),
);

// 07 application
const application = stack("07-application");
const ecsCluster = new ecs.Cluster(application, "Cluster", { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
const balancer = new elbv2.ApplicationLoadBalancer(application, "Balancer", {
  vpc,
  internetFacing: true,
  securityGroup: balancerGroup,
  dropInvalidHeaderFields: true,
});
balancer.logAccessLogs(new s3.Bucket(application, "BalancerLogs", { enforceSSL: true }));
const listener = balancer.addListener("Http", {
  port: 80,
  open: false,
  defaultAction: elbv2.ListenerAction.fixedResponse(404),
});
const watched = {};
for (const [number, [name, service]] of Object.entries(SERVICES).entries()) {
  const repository = new ecr.Repository(application, `${pascal(name)}Repository`, {
    repositoryName: `petclinic-dev/${name}`,
    imageScanOnPush: true,
    lifecycleRules: [{ maxImageCount: 10 }],
  });
  const definition = new ecs.FargateTaskDefinition(application, `${pascal(name)}Task`, {
    cpu: 256,
    memoryLimitMiB: 512,
    taskRole: taskRoles[name].withoutPolicyUpdates(),
    executionRole: executionRoles[name].withoutPolicyUpdates(),
  });
  definition.addContainer(name, {
    image: ecs.ContainerImage.fromEcrRepository(repository, "1.0.0"),
    portMappings: [{ containerPort: service.port }],
    environment: { SERVER_PORT: String(service.port), SPRING_PROFILES_ACTIVE: "aws" },
    secrets: service.database
      ? {
          SPRING_DATASOURCE_USERNAME: ecs.Secret.fromSecretsManager(cluster.secret, "username"),
          SPRING_DATASOURCE_PASSWORD: ecs.Secret.fromSecretsManager(cluster.secret, "password"),
        }
      : {},
    logging: ecs.LogDrivers.awsLogs({
      streamPrefix: name,
      logGroup: new logs.LogGroup(application, `${pascal(name)}Logs`, { retention: logs.RetentionDays.ONE_MONTH }),
    }),
  });
  const fargate = new ecs.FargateService(application, pascal(name), {
    cluster: ecsCluster,
    taskDefinition: definition,
    desiredCount: 2,
    securityGroups: [serviceGroups[name]],
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    circuitBreaker: { rollback: true },
    minHealthyPercent: 100,
  });
  fargate.associateCloudMapService({ service: registrations[name] });
  fargate
    .autoScaleTaskCount({ minCapacity: 1, maxCapacity: 4 })
    .scaleOnCpuUtilization("Cpu", { targetUtilizationPercent: 70 });
  const targets = new elbv2.ApplicationTargetGroup(application, `${pascal(name)}Targets`, {
    vpc,
    port: service.port,
    protocol: elbv2.ApplicationProtocol.HTTP,
    targetType: elbv2.TargetType.IP,
    healthCheck: { path: "/actuator/health" },
  });
  fargate.attachToApplicationTargetGroup(targets);
  listener.addAction(`${pascal(name)}Rule`, {
    priority: 10 + number,
    conditions: [
      elbv2.ListenerCondition.pathPatterns(service.paths),
      elbv2.ListenerCondition.httpHeader("X-Gateway", ["secret"]),
    ],
    action: elbv2.ListenerAction.forward([targets]),
  });
  watched[name] = { fargate, targets };
}

// 08 API gateway
const gateway = stack("08-api-gateway");
const api = new apigateway.RestApi(gateway, "Api", {
  deployOptions: {
    stageName: "dev",
    tracingEnabled: true,
    metricsEnabled: true,
    accessLogDestination: new apigateway.LogGroupLogDestination(new logs.LogGroup(gateway, "AccessLogs")),
  },
  defaultCorsPreflightOptions: { allowOrigins: ["*"], allowMethods: ["GET", "POST", "PUT"] },
});
const root = api.root.addResource("api");
for (const name of ["customers", "vets", "visits", "admin"]) {
  const place = name === "admin" ? api.root.addResource("admin") : root.addResource(name);
  const uri = `http://${balancer.loadBalancerDnsName}/${name === "admin" ? "admin" : `api/${name}`}`;
  const forwarded = (target, requestParameters) =>
    new apigateway.HttpIntegration(target, { httpMethod: "ANY", proxy: true, options: { requestParameters } });
  place.addMethod("ANY", forwarded(uri, { "integration.request.header.X-Gateway": "'secret'" }));
  place.addResource("{proxy+}").addMethod(
    "ANY",
    forwarded(`${uri}/{proxy}`, { "integration.request.path.proxy": "method.request.path.proxy" }),
    { requestParameters: { "method.request.path.proxy": true } },
  );
}
root.addResource("genai").addMethod("POST", new apigateway.LambdaIntegration(genai));
for (const type of ["DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED", "ACCESS_DENIED"]) {
  api.addGatewayResponse(pascal(type.toLowerCase()), {
    type: apigateway.ResponseType[type],
    responseHeaders: { "Access-Control-Allow-Origin": "'*'" },
  });
}
new wafv2.CfnWebACL(gateway, "Firewall", {
  scope: "REGIONAL",
  defaultAction: { allow: {} },
  visibilityConfig: { cloudWatchMetricsEnabled: true, metricName: "firewall", sampledRequestsEnabled: true },
});

// 12 notification, before those that notify
const notification = stack("12-notification");
const topic = new sns.Topic(notification, "Alarms", { masterKey: key });
const notifier = new lambda.Function(notification, "Notifier", {
  runtime: lambda.Runtime.PYTHON_3_13,
  handler: "handler.handler",
  code: lambda.Code.fromAsset(path.join(SOURCES, "slack_notifier")),
  deadLetterQueue: new sqs.Queue(notification, "Failed", { enforceSSL: true }),
});
topic.addSubscription(new subscriptions.LambdaSubscription(notifier));

// 09 AWS services
const native = stack("09-aws-native");
new cloudtrail.Trail(native, "Trail", { sendToCloudWatchLogs: true });
const refresh = new lambda.Function(native, "Refresh", {
  runtime: lambda.Runtime.PYTHON_3_13,
  handler: "handler.handler",
  code: lambda.Code.fromAsset(path.join(SOURCES, "credential_refresh")),
});
refresh.addToRolePolicy(
  new iam.PolicyStatement({
    actions: ["ecs:UpdateService"],
    resources: Object.values(watched).map(({ fargate }) => fargate.serviceArn),
  }),
);
new events.Rule(native, "Rotated", {
  eventPattern: { source: ["aws.secretsmanager"], detail: { eventName: ["RotationSucceeded"] } },
  targets: [new eventTargets.LambdaFunction(refresh)],
});

// 10 monitoring
const monitoring = stack("10-monitoring");
const action = new actions.SnsAction(topic);
const alarm = (name, metric, threshold) => {
  const made = new cloudwatch.Alarm(monitoring, name, { metric, threshold, evaluationPeriods: 3 });
  made.addAlarmAction(action);
  made.addOkAction(action);
};
const rows = [];
for (const [name, { fargate, targets }] of Object.entries(watched)) {
  const metrics = {
    Cpu: [fargate.metricCpuUtilization(), 85],
    Memory: [fargate.metricMemoryUtilization(), 85],
    Errors: [targets.metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT), 5],
    Latency: [targets.metrics.targetResponseTime(), 1],
    Unhealthy: [targets.metrics.unhealthyHostCount(), 1],
  };
  for (const [kind, [metric, threshold]] of Object.entries(metrics)) {
    alarm(`${pascal(name)}${kind}`, metric, threshold);
  }
  rows.push(
    Object.entries(metrics).map(
      ([kind, [metric]]) => new cloudwatch.GraphWidget({ title: `${name} ${kind}`, left: [metric], width: 4 }),
    ),
  );
}
for (const [name, metric, threshold] of [
  ["GenaiErrors", genai.metricErrors(), 1],
  ["GenaiThrottles", genai.metricThrottles(), 1],
  ["GenaiDuration", genai.metricDuration(), 25000],
  ["ApiErrors", api.metricServerError(), 5],
  ["ApiLatency", api.metricLatency(), 3000],
  ["DatabaseCpu", cluster.metricCPUUtilization(), 80],
  ["DatabaseConnections", cluster.metricDatabaseConnections(), 80],
  ["DatabaseCapacity", cluster.metricServerlessDatabaseCapacity(), 0.9],
  ["BalancerErrors", balancer.metrics.httpCodeElb(elbv2.HttpCodeElb.ELB_5XX_COUNT), 5],
  ["NotifierErrors", notifier.metricErrors(), 1],
  ["RefreshErrors", refresh.metricErrors(), 1],
]) {
  alarm(name, metric, threshold);
  rows.push([new cloudwatch.GraphWidget({ title: name, left: [metric] })]);
}
new cloudwatch.Dashboard(monitoring, "Dashboard", { widgets: rows });

// 11 front end
const frontend = stack("11-frontend");
const site = new s3.Bucket(frontend, "Site", {
  encryption: s3.BucketEncryption.S3_MANAGED,
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  versioned: true,
});
new cloudfront.Distribution(frontend, "Distribution", {
  defaultRootObject: "index.html",
  defaultBehavior: {
    origin: origins.S3BucketOrigin.withOriginAccessControl(site),
    viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    responseHeadersPolicy: new cloudfront.ResponseHeadersPolicy(frontend, "Headers", {
      securityHeadersBehavior: { contentTypeOptions: { override: true } },
    }),
  },
  enableLogging: true,
  logBucket: new s3.Bucket(frontend, "SiteLogs", { objectOwnership: s3.ObjectOwnership.OBJECT_WRITER, enforceSSL: true }),
});

app.synth();
