#!/bin/sh
echo "$NETRIG_NODE greets $1"
