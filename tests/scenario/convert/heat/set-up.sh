#!/bin/sh
echo "${HOME} %id%%suffix%" > /etc/motd
