#!/bin/sh
# A third party's whole journey through the HTTP API with nothing but curl and the OpenAPI document: get a token, make an application,
# a user and a RADIUS client, bind a phone, ask the user to approve something, wait, deny, cancel, and read the errors.
#
#   URL=https://mfa.example.com CLIENT_ID=acl_… CLIENT_SECRET=… AUTHENTICATOR=soft-authenticator WORK=/some/directory ./journey.sh
set -eu

say() { printf '%s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; [ -f "$WORK/body" ] && cat "$WORK/body" >&2; exit 1; }

# call METHOD PATH EXPECTED_STATUS [JSON]: the body goes to $WORK/body.
call() {
  method=$1 path=$2 expected=$3
  if [ $# -gt 3 ]; then set -- -H 'Content-Type: application/json' --data "$4"; else set --; fi
  status=$(curl --silent --show-error --max-time 70 -X "$method" -H "Authorization: Bearer $TOKEN" "$@" \
    -D "$WORK/headers" -o "$WORK/body" -w '%{http_code}' "$URL$path")
  [ "$status" = "$expected" ] || fail "$method $path answered $status and not $expected"
}

# field NAME: the first text, number or word of this name in the last body. Good enough for flat JSON.
field() { sed -n "s/^{\(.*[,{]\)\{0,1\}\"$1\":\"\{0,1\}\([^\",}]*\).*/\2/p" "$WORK/body" | head -n 1; }
expect() { [ "$(field "$1")" = "$2" ] || fail "$1 is “$(field "$1")” and not “$2”"; }
problem() {
  grep -qi '^content-type: application/problem+json' "$WORK/headers" || fail 'not a problem document'
  expect code "$1"
}

# The secret goes through standard input, where other people on the machine cannot read it.
token() {
  printf 'user = "%s:%s"\n' "$CLIENT_ID" "$CLIENT_SECRET" |
    curl --silent --show-error --config - -d grant_type=client_credentials ${1:+-d "scope=$1"} \
      -o "$WORK/body" "$URL/v1/oauth/token"
  field access_token
}

TOKEN=$(token)
[ -n "$TOKEN" ] || fail 'no token'
expect token_type Bearer
say "token: valid for $(field expires_in) seconds"

call POST /v1/applications 201 '{"name":"Payments","request_seconds":30}'
application=$(field id) access_id=$(field access_id)
say "application: $application"
call POST /v1/applications 409 '{"name":"PAYMENTS"}'
problem name_taken
call GET "/v1/applications/$application" 200
expect name Payments
call PATCH "/v1/applications/$application" 200 '{"request_seconds":45}'
expect request_seconds 45

call POST /v1/users 201 "{\"application_id\":\"$application\",\"username\":\"alice\",\"full_name\":\"Alice Adams\",\"password\":\"correct horse\"}"
user=$(field id)
if grep -q 'correct horse' "$WORK/body"; then fail 'the password came back'; fi
say "user: $user"

call POST /v1/radius-clients 201 "{\"name\":\"till\",\"application_id\":\"$application\",\"network\":\"192.0.2.0/24\"}"
[ "$(field shared_secret | wc -c)" -gt 16 ] || fail 'no shared secret'
radius_client=$(field id)
call GET "/v1/radius-clients/$radius_client" 200
if grep -q shared_secret "$WORK/body"; then fail 'the shared secret is shown a second time'; fi
say "RADIUS client: $radius_client"

call POST /v1/onboarding-links 201 "{\"user_id\":\"$user\"}"
link=$(field link)
$AUTHENTICATOR --state "$WORK/phone" onboard "$link"

ask() {
  call POST /v1/auth-requests 201 "{\"application\":\"$access_id\",\"username\":\"alice\",\"title\":\"$1\",\"description\":\"$2\"${3:-}}"
  request=$(field id)
  expect status pending
}
wait_for() {
  call GET "/v1/auth-requests/$request/wait?seconds=30" 200
  expect status "$1"
  say "$2: $1"
}

ask 'Pay 12.50' 'To the bakery'
$AUTHENTICATOR --state "$WORK/phone" approve --wait 10 &
phone=$!
wait_for approved 'payment'
wait $phone

ask 'Pay 99.00' 'To somebody unknown'
# A refusal is no success for the phone's command either.
{ $AUTHENTICATOR --state "$WORK/phone" deny --wait 10 || true; } &
phone=$!
wait_for denied 'second payment'
wait $phone
call GET "/v1/activity/$request" 200
expect reason denied_by_user

ask 'Confirm it is you' 'On the phone line' ',"number_matching":true'
number=$(field number)
$AUTHENTICATOR --state "$WORK/phone" approve --wait 10 --number "$number" &
phone=$!
wait_for approved "with the number $number"
wait $phone
call GET "/v1/activity/$request/evidence" 200
expect format countersign-evidence-1

ask 'Never mind' 'Cancelled before it was answered'
call POST "/v1/auth-requests/$request/cancel" 200
expect status cancelled
call POST "/v1/auth-requests/$request/cancel" 409
problem request_closed
call GET "/v1/auth-requests/$request/wait?seconds=30" 200
expect status cancelled
say 'cancelled'

call POST /v1/auth-requests 201 "{\"application\":\"$access_id\",\"username\":\"nobody\"}"
expect status pending
say 'an unknown user looks like any other'

call POST /v1/users 400 '{"username":"no application"}'
problem invalid_request
call POST /v1/applications 400 '{"name":"X","colour":"red"}'
problem invalid_request
call POST /v1/applications 400 '{"name":"bad'
problem invalid_request
call GET /v1/applications/app_00000000-0000-7000-8000-000000000000 404
problem not_found
call GET /v1/nothing 404
problem route_unknown
all=$TOKEN
TOKEN=cst_nobody
call GET /v1/applications 401
problem unauthorized
TOKEN=$(token users)
call GET /v1/applications 403
problem forbidden
TOKEN=$all
say 'problems: as documented'

call GET '/v1/audit-events?event=auth_request.approved' 200
call DELETE "/v1/applications/$application" 204
call GET "/v1/users/$user" 404
problem not_found
say 'deleted'
say 'journey complete'
