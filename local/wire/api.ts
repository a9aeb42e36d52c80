import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Assembly } from '../cloudformation/assembly.ts';
import {
  apiSchema,
  authorizerSchema,
  integrationSchema,
  propertiesOf,
  routeSchema,
  stageSchema,
} from '../cloudformation/resource-schemas.ts';
import {
  type CorsConfiguration,
  HttpApi,
  type HttpApiOptions,
  type HttpRoute,
} from '../http-api/http-api.ts';
import type { Issuer } from '../http-api/issuer.ts';
import { API_GATEWAY, type Gateway } from './gateway.ts';

const invokeAnswer = z.object({ Payload: z.unknown(), FunctionError: z.string().optional() });
const routedEvent = z.looseObject({ routeKey: z.string() });

export interface ApiOptions {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly issuer: Issuer;
  readonly newRequestId: () => string;
}

/** The HTTP API of an assembly, and the audience that its first authorizer asks for. */
export interface DeployedApi {
  readonly api: HttpApi;
  readonly name: string;
  /** Whether the API itself answers requests for this route. */
  hasRoute(routeKey: string): boolean;
  readonly audience: string | undefined;
}

/** @throws when the assembly has several APIs: there is one port */
export function apiOf(assembly: Assembly, options: ApiOptions): DeployedApi | undefined {
  const of = (kind: string) => assembly.resources.filter(({ type }) => type === `AWS::ApiGatewayV2::${kind}`);
  const [api, ...others] = of('Api');
  if (!api) return undefined;
  if (others.length > 0) throw new Error(`Only one HTTP API is supported, not also ${others[0]?.logicalId}`);
  const { CorsConfiguration, Name = api.name } = propertiesOf(apiSchema, api);
  const authorizers = new Map(
    of('Authorizer').map((resource) => {
      const { physicalId } = resource;
      const { JwtConfiguration, IdentitySource } = propertiesOf(authorizerSchema, resource);
      if (IdentitySource.join() !== '$request.header.Authorization')
        throw new Error(`${physicalId}: the token must come in the Authorization header`);
      return [physicalId, { issuer: JwtConfiguration.Issuer, audience: JwtConfiguration.Audience }];
    }),
  );
  const integrations = new Map(
    of('Integration').map((resource) => [resource.physicalId, propertiesOf(integrationSchema, resource)]),
  );
  const stages = of('Stage').map((resource) => propertiesOf(stageSchema, resource).StageName);
  const stage = stages[0] ?? '$default';
  const routes = of('Route').map((resource): HttpRoute => {
    const { logicalId } = resource;
    const route = propertiesOf(routeSchema, resource);
    const integration = integrations.get(route.Target.replace(/^integrations\//, ''));
    if (!integration) throw new Error(`${logicalId}: there is no integration ${route.Target}`);
    const authorizer =
      route.AuthorizationType === 'JWT' ? authorizers.get(route.AuthorizerId ?? '') : undefined;
    if (route.AuthorizationType === 'JWT' && !authorizer)
      throw new Error(`${logicalId}: there is no authorizer ${route.AuthorizerId}`);
    return {
      routeKey: route.RouteKey,
      functionArn: functionArn(integration.IntegrationUri),
      ...(authorizer ? { authorizer, scopes: route.AuthorizationScopes } : {}),
    };
  });
  const cors = CorsConfiguration && corsOf(CorsConfiguration);
  return {
    name: Name,
    hasRoute: (routeKey) => routes.some((route) => route.routeKey === routeKey),
    audience: [...authorizers.values()][0]?.audience[0],
    api: new HttpApi({
      routes,
      stage,
      clock: options.clock,
      account: assembly.account,
      apiId: api.physicalId,
      requestId: options.newRequestId,
      jwks: (issuer) => options.issuer.keysOf(issuer),
      invoke: invoker(assembly, api.physicalId, stage, options.gateway),
      ...(cors ? { cors } : {}),
    }),
  };
}

function invoker(
  { region, account }: Assembly,
  apiId: string,
  stage: string,
  gateway: Gateway,
): HttpApiOptions['invoke'] {
  return async (functionArn, event) => {
    const route = routedEvent.parse(event).routeKey.replace(' ', '');
    const answer = invokeAnswer.parse(
      await gateway.callAs(
        {
          principal: API_GATEWAY,
          sourceArn: `arn:aws:execute-api:${region}:${account}:${apiId}/${stage}/${route}`,
        },
        'lambda',
        'Invoke',
        { FunctionName: functionArn, Payload: event },
      ),
    );
    if (answer.FunctionError !== undefined) throw new Error(`${functionArn} failed`);
    return answer.Payload;
  };
}

/** The function in an integration's URI, which is its ARN or holds it. */
function functionArn(uri: string): string {
  return /functions\/(arn:[^/]+)\/invocations/.exec(uri)?.[1] ?? uri;
}

function corsOf(cors: NonNullable<z.output<typeof apiSchema>['CorsConfiguration']>): CorsConfiguration {
  return {
    ...(cors.AllowOrigins ? { allowOrigins: cors.AllowOrigins } : {}),
    ...(cors.AllowMethods ? { allowMethods: cors.AllowMethods } : {}),
    ...(cors.AllowHeaders ? { allowHeaders: cors.AllowHeaders } : {}),
    ...(cors.ExposeHeaders ? { exposeHeaders: cors.ExposeHeaders } : {}),
    ...(cors.MaxAge === undefined ? {} : { maxAge: cors.MaxAge }),
    ...(cors.AllowCredentials === undefined ? {} : { allowCredentials: cors.AllowCredentials }),
  };
}
