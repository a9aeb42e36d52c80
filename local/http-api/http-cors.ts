/** CORS configuration of an HTTP API; `*` in a list stands for everything. */
export interface CorsConfiguration {
  readonly allowOrigins?: readonly string[];
  readonly allowMethods?: readonly string[];
  readonly allowHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  /** Seconds. */
  readonly maxAge?: number;
  readonly allowCredentials?: boolean;
}

/**
 * The CORS headers of an answer, for a request with the given (lower-case) headers; empty for an origin that is
 * not allowed. With CORS configured API Gateway drops what the function says about CORS.
 */
export function corsHeaders(
  cors: CorsConfiguration,
  requestHeaders: Readonly<Record<string, string>>,
  preflight: boolean,
): Record<string, string> {
  const { origin } = requestHeaders;
  const origins = cors.allowOrigins ?? [];
  const anyOrigin = origins.includes('*');
  if (origin === undefined || !(anyOrigin || origins.includes(origin))) return {};
  const headers: Record<string, string> = { 'access-control-allow-origin': anyOrigin ? '*' : origin };
  if (cors.allowCredentials) headers['access-control-allow-credentials'] = 'true';
  if (!preflight) {
    if (cors.exposeHeaders?.length) headers['access-control-expose-headers'] = cors.exposeHeaders.join(',');
    return headers;
  }
  if (cors.allowMethods?.length) headers['access-control-allow-methods'] = cors.allowMethods.join(',');
  if (cors.allowHeaders?.length) headers['access-control-allow-headers'] = cors.allowHeaders.join(',');
  if (cors.maxAge !== undefined) headers['access-control-max-age'] = String(cors.maxAge);
  return headers;
}
