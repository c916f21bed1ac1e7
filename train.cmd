@echo off
rem train [ARGS] is clustertrain train [ARGS].
call "%~dp0clustertrain.cmd" train %*
exit /b %ERRORLEVEL%
