#!/bin/sh
# $IN_A_COMMENT
: "${DATABASE_URL:?must be set}"
: "${CACHE_SIZE:=64}"
PORT=${PORT:-8080}
NAME="service"
LOG_LEVEL="${LOG_LEVEL:-"info"}"
export REGION="$AWS_REGION_NAME"
echo 'in single quotes: $NOT_READ'
echo "it's $GREETING and \$ESCAPED and ${#COUNTED}"
docker run -e TOKEN="$TOKEN" image:"${TAG-latest}"
for ITEM in a b; do echo "$ITEM $NAME $PORT $CACHE_SIZE"; done
while read -r KEY VALUE; do echo "$KEY$VALUE"; done < "$INPUT_FILE"
echo "$1 $? $$ $PWD ${lower}"
cat <<END
$IN_HEREDOC \$NOT_READ_EITHER
END
cat <<'END'
$NOT_IN_QUOTED_HEREDOC
END
value="$(curl "${API_URL:-${API_HOST:-localhost}/v1}")"
echo "${!value}"
case "$MODE" in fast) SPEED=9 ;; *) SPEED=1 ;; esac
echo $SPEED
