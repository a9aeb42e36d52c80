import { CfnOutput, CfnParameter, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { FunctionsStack, type FunctionsStackProps } from './functions.ts';

/** Requests a second over all callers, and how many more at once; behind it the queue takes every burst. */
const RATE_LIMIT = 100;
const BURST_LIMIT = 200;

/** What is logged of each request: nothing about who it was for, and no path, which holds order numbers. */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    route: '$context.routeKey',
    status: '$context.status',
    latency: '$context.responseLatency',
    length: '$context.responseLength',
    integrationStatus: '$context.integrationStatus',
    integrationError: '$context.integrationErrorMessage',
    authorizerError: '$context.authorizer.error',
  }),
);

/** Stateless: the HTTP API, its routes and the functions behind them. */
export class ApiStack extends FunctionsStack {
  readonly apiId: string;

  constructor(scope: Construct, id: string, props: FunctionsStackProps) {
    super(scope, id, props);
    const issuer = new CfnParameter(this, 'JwtIssuer', {
      description: 'Issuer of the access tokens; its OpenID configuration is read from there',
      allowedPattern: 'https?://.+',
    });
    const audience = new CfnParameter(this, 'JwtAudience', {
      description: 'Audience that access tokens must be for',
      allowedPattern: '.+',
    });
    const api = new HttpApi(this, 'Api', {
      apiName: 'milepost',
      description: 'Milepost: TMF622 orders, work items, inbound events',
      createDefaultStage: false,
    });
    this.apiId = api.apiId;
    const authorizer = new HttpJwtAuthorizer('Jwt', issuer.valueAsString, {
      jwtAudience: [audience.valueAsString],
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: RATE_LIMIT, burstLimit: BURST_LIMIT },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', {
            retention: RetentionDays.THREE_MONTHS,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
        format: ACCESS_LOG,
      },
    });
    for (const { definition, lambda } of this.services) {
      const integration = new HttpLambdaIntegration('Integration', lambda);
      for (const trigger of definition.triggers)
        if (trigger.kind === 'http')
          new HttpRoute(this, `${trigger.method} ${trigger.path.replaceAll('/', '|')}`, {
            httpApi: api,
            routeKey: HttpRouteKey.with(trigger.path, HttpMethod[trigger.method]),
            integration,
            authorizer,
            authorizationScopes: [...trigger.scopes],
          });
    }
    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint, description: 'Base URL of all APIs' });
  }
}
