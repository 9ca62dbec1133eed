/** Why a request was refused, as a closed set that callers can switch on. docs/troubleshooting.md says what to do. */
export type RefusalCode =
  /** The form has no audio file under `file`. */
  | 'missing_file'
  /** The body is not `multipart/form-data`. */
  | 'unsupported_content_type'
  /** The form cannot be read. */
  | 'invalid_form'
  /** The file is larger than the server takes. */
  | 'file_too_large'
  /** The file holds no sound. */
  | 'empty_file'
  /** The audio is longer than the server takes. */
  | 'audio_too_long'
  /** The file's content is in no format, or codec, that is read here. */
  | 'unsupported_format'
  /** The file is damaged, or has a sample rate or channels that are not read here. */
  | 'invalid_audio'
  /** A field or header holds what it may not. */
  | 'invalid_value'
  /** No release of that name answers here. */
  | 'model_not_found'
  /** The clip was cut by rules of a version that this server does not know. */
  | 'unknown_clip_contract'
  /** The same idempotency key came with another body. */
  | 'idempotency_key_reused'
  /** No key or token, or one that is not known here. */
  | 'invalid_api_key'
  /** The token cannot be verified, or lacks a claim. */
  | 'invalid_token'
  /** The token's time is over. */
  | 'token_expired'
  /** The token's time from `iat` to `exp` is longer than allowed. */
  | 'token_lives_too_long'
  /** The token was signed for pages of another origin. */
  | 'token_of_other_origin'
  /** The server cannot read the file of keys. */
  | 'keys_unavailable'
  /** The server cannot reach the public keys of tokens. */
  | 'token_keys_unavailable'
  /** The `Host` header is missing or malformed. */
  | 'invalid_host'
  /** A server without keys was called under a name that is not this machine's own. */
  | 'host_not_allowed'
  /** The calling page's origin is not one that the server lets in. */
  | 'origin_not_allowed'
  /** Too many calls in a minute by one key, token subject or address. */
  | 'rate_limit_exceeded'
  /** Too many clips wait already. */
  | 'queue_full'
  /** The clip's deadline would pass before its turn comes. */
  | 'deadline_out_of_reach'
  /** Too many bytes of files are arriving at once; the largest is let go. */
  | 'intake_full'
  /** The deadline passed before there was a text. */
  | 'deadline_exceeded'
  /** The body did not arrive in time. */
  | 'request_timeout'
  /** The caller closed the connection; nobody reads this answer. */
  | 'client_gone'
  /** The recogniser starts, or could not start. */
  | 'recogniser_unavailable'
  /** The recogniser's thread ended twice while it worked on this clip. */
  | 'recogniser_crashed'
  /** The recogniser failed on this clip. */
  | 'recogniser_failed'
  /** The server stops and takes nothing new. */
  | 'stopping'
  /** A defect of the server; its log holds more. */
  | 'internal_error'
  /** There is no such address here. */
  | 'unknown_url'
  /** The address does not take this method. */
  | 'method_not_allowed'
  /** Figures for Prometheus are switched off here. */
  | 'metrics_off'
  /** prom-client is not installed beside the server. */
  | 'metrics_unavailable'
  /** The body is compressed, which is not read here. */
  | 'unsupported_content_encoding'
  /** The metrics are no OTLP, not those of Ossicle, or impossible. */
  | 'invalid_metrics'
  /** The metrics are more than the server takes at once. */
  | 'metrics_too_large'
  /** The server keeps no metrics of devices. */
  | 'telemetry_unavailable'
  /** A page's token may send metrics, not read them. */
  | 'key_needed'
  /** swagger-ui-dist is not installed beside the server. */
  | 'docs_unavailable';
